/* Clocks, sleeping, and dates (UTC only). */
#ifndef _TIME_H
#define _TIME_H

#include <stddef.h>
#include <sys/types.h>

struct timespec {
	time_t tv_sec;
	long tv_nsec;
};

struct itimerspec {
	struct timespec it_interval;
	struct timespec it_value;
};

struct tm {
	int tm_sec, tm_min, tm_hour, tm_mday;
	int tm_mon;  /* 0..11 */
	int tm_year; /* since 1900 */
	int tm_wday; /* 0: Sunday */
	int tm_yday; /* 0..365 */
	int tm_isdst;
};

#define CLOCK_REALTIME		 0
#define CLOCK_MONOTONIC		 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID	 3
#define CLOCK_MONOTONIC_RAW	 4
#define CLOCK_REALTIME_COARSE	 5
#define CLOCK_MONOTONIC_COARSE	 6
#define CLOCK_BOOTTIME		 7
#define TIMER_ABSTIME		 1
#define CLOCKS_PER_SEC		 1000000l

time_t time(time_t *result);
clock_t clock(void);
int clock_gettime(clockid_t clock, struct timespec *ts);
int clock_settime(clockid_t clock, const struct timespec *ts);
int clock_getres(clockid_t clock, struct timespec *ts);
int nanosleep(const struct timespec *wanted, struct timespec *rest);
/* Returns an error number, as the standard has it. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
		    struct timespec *rest);

struct tm *gmtime_r(const time_t *t, struct tm *tm);
struct tm *gmtime(const time_t *t);
struct tm *localtime_r(const time_t *t, struct tm *tm);
struct tm *localtime(const time_t *t);
time_t timegm(struct tm *tm);
time_t mktime(struct tm *tm);
/* %Y %m %d %e %H %M %S %b %a %j %F %T %s %% and n, t. The length, 0 when it does not fit. */
size_t strftime(char *buf, size_t size, const char *fmt, const struct tm *tm);

#endif
