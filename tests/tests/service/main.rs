//! A service on axum, its dependency and its clients, over real sockets: what the layers of
//! calls and requests tell.

mod load;
mod shop;
mod trace;
