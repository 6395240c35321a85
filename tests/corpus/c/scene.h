/* Marks scenarios in a program's output, and writes lines in the styles of C programs. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static inline void begin(const char *name)
{
    fflush(stderr);
    printf("@@ %s\n", name);
    fflush(stdout);
}

static inline const char *now(const char *format)
{
    static char text[64];
    time_t seconds = time(NULL);
    strftime(text, sizeof text, format, localtime(&seconds));
    return text;
}

/* As syslog writes to a file. */
static inline void syslog_line(const char *program, const char *format, ...)
{
    va_list rest;
    printf("%s shop-1 %s[%d]: ", now("%b %d %H:%M:%S"), program, (int)getpid());
    va_start(rest, format);
    vprintf(format, rest);
    va_end(rest);
    printf("\n");
    fflush(stdout);
}

/* As glog writes. */
static inline void glog_line(char level, const char *file, int line, const char *format, ...)
{
    va_list rest;
    struct timeval time;
    gettimeofday(&time, NULL);
    printf("%c%s.%06ld %7d %s:%d] ", level, now("%Y%m%d %H:%M:%S"), (long)time.tv_usec, (int)getpid(), file, line);
    va_start(rest, format);
    vprintf(format, rest);
    va_end(rest);
    printf("\n");
    fflush(stdout);
}
