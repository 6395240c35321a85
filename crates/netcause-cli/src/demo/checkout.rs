//! A checkout service, written as such services are: a layer around its handler, calls inside.

use std::convert::Infallible;

use http::{Request, Response, StatusCode};
use netcause::http::InboundLayer;
use reqwest::Method;
use reqwest_middleware::Error;
use tower::{Layer, ServiceExt, service_fn};
use tracing::{Instrument, info, info_span};

use super::client::{Call, Service};

/// The services that the checkout calls.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) prices: Service,
    pub(crate) payments: Service,
    pub(crate) inventory: Service,
    pub(crate) fraud: Service,
    pub(crate) rates: Service,
    pub(crate) carrier: Service,
    pub(crate) mail: Service,
    pub(crate) loyalty: Service,
    pub(crate) shipping: Service,
    pub(crate) addresses: Service,
    pub(crate) vouchers: Service,
    pub(crate) invoices: Service,
    pub(crate) documents: Service,
    pub(crate) warehouse: Service,
}

/// What is left to do for an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Price,
    ReserveStock,
    Charge,
    CheckFraud,
    ConvertCurrency,
    PrintLabel,
    SendReceipt,
    AddPoints,
    QuoteShipping,
    ValidateAddress,
    RedeemVoucher,
    FetchInvoice,
    FetchTerms,
    NotifyWarehouse,
}

/// An order, as it comes in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order {
    pub(crate) cart: u32,
    pub(crate) step: Step,
}

/// The service.
#[derive(Debug)]
pub(crate) struct Checkout {
    services: Services,
}

type Answer = Result<String, Error>;

impl Checkout {
    pub(crate) fn new(services: Services) -> Self {
        Checkout { services }
    }

    /// Handles `POST /checkout/{cart}`; returns the status to answer with.
    pub(crate) async fn handle(&self, order: Order) -> u16 {
        let url = format!("https://checkout.example/checkout/{}", order.cart);
        let Ok(request) = Request::post(url).body(String::new()) else { return 400 };
        let layer = InboundLayer::new().route(|_| Some("/checkout/{cart}".to_owned()));
        let service = layer.layer(service_fn(|_: Request<String>| async {
            let span = info_span!("order", cart = order.cart);
            let mut response = Response::new(String::new());
            *response.status_mut() = self.proceed(order).instrument(span).await;
            Ok::<_, Infallible>(response)
        }));
        match service.oneshot(request).await {
            Ok(response) => response.status().as_u16(),
            Err(never) => match never {},
        }
    }

    async fn proceed(&self, order: Order) -> StatusCode {
        match self.take(order.step).await {
            Ok(_) => {
                info!(step = ?order.step, "order can go on");
                StatusCode::OK
            }
            // The call that failed has logged why.
            Err(_) => StatusCode::BAD_GATEWAY,
        }
    }

    async fn take(&self, step: Step) -> Answer {
        match step {
            Step::Price => self.price().await,
            Step::ReserveStock => self.reserve_stock().await,
            Step::Charge => self.charge().await,
            Step::CheckFraud => self.check_fraud().await,
            Step::ConvertCurrency => self.convert_currency().await,
            Step::PrintLabel => self.print_label().await,
            Step::SendReceipt => self.send_receipt().await,
            Step::AddPoints => self.add_points().await,
            Step::QuoteShipping => self.quote_shipping().await,
            Step::ValidateAddress => self.validate_address().await,
            Step::RedeemVoucher => self.redeem_voucher().await,
            Step::FetchInvoice => self.fetch_invoice().await,
            Step::FetchTerms => self.fetch_terms().await,
            Step::NotifyWarehouse => self.notify_warehouse().await,
        }
    }

    async fn price(&self) -> Answer {
        get("price the order", &self.services.prices, "/v1/prices").send().await
    }

    async fn reserve_stock(&self) -> Answer {
        post("reserve the stock", &self.services.inventory, "/v1/reservations").send().await
    }

    async fn charge(&self) -> Answer {
        let call = post("charge the card", &self.services.payments, "/v1/charges");
        // Only tries that never reached the payment service are repeated: nobody is charged twice.
        Call { retries: 5, ..call }.send().await
    }

    async fn check_fraud(&self) -> Answer {
        post("check for fraud", &self.services.fraud, "/v1/checks").send().await
    }

    async fn convert_currency(&self) -> Answer {
        get("convert the currency", &self.services.rates, "/v1/rates/EUR").send().await
    }

    async fn print_label(&self) -> Answer {
        post("print the shipping label", &self.services.carrier, "/v1/labels").send().await
    }

    async fn send_receipt(&self) -> Answer {
        post("send the receipt", &self.services.mail, "/v1/messages").send().await
    }

    async fn add_points(&self) -> Answer {
        post("add the loyalty points", &self.services.loyalty, "/v1/points").send().await
    }

    async fn quote_shipping(&self) -> Answer {
        let call = get("quote the shipping", &self.services.shipping, "/v1/quotes");
        Call { retries: 2, ..call }.send().await
    }

    async fn validate_address(&self) -> Answer {
        let call = get("validate the address", &self.services.addresses, "/v1/addresses");
        Call { retries: 2, ..call }.send().await
    }

    async fn redeem_voucher(&self) -> Answer {
        // Keys do not belong into addresses, and yet they are found there.
        let path = "/v1/vouchers/SPRING?api_key=sk_demo_51H8xT2eZvKYlo2C";
        get("redeem the voucher", &self.services.vouchers, path).send().await
    }

    async fn fetch_invoice(&self) -> Answer {
        get("fetch the invoice", &self.services.invoices, "/v1/invoices/latest").send().await
    }

    async fn fetch_terms(&self) -> Answer {
        get("fetch the terms of sale", &self.services.documents, "/v1/terms").send().await
    }

    async fn notify_warehouse(&self) -> Answer {
        post("notify the warehouse", &self.services.warehouse, "/v1/picks").send().await
    }
}

fn get<'a>(purpose: &'static str, service: &'a Service, path: &'static str) -> Call<'a> {
    Call { purpose, service, method: Method::GET, path, retries: 0 }
}

fn post<'a>(purpose: &'static str, service: &'a Service, path: &'static str) -> Call<'a> {
    Call { method: Method::POST, ..get(purpose, service, path) }
}
