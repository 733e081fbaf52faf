/* System calls on time: clocks, sleeping, timers; and waiting for files with a time limit. */
#include <poll.h>
#include <errno.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	return (int)syscall(SYS_clock_gettime, clock, ts);
}

int clock_settime(clockid_t clock, const struct timespec *ts)
{
	return (int)syscall(SYS_clock_settime, clock, ts);
}

int clock_getres(clockid_t clock, struct timespec *ts)
{
	return (int)syscall(SYS_clock_getres, clock, ts);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
		    struct timespec *rest)
{
	return (int)-__int80(SYS_clock_nanosleep, clock, flags, wanted, rest);
}

int nanosleep(const struct timespec *wanted, struct timespec *rest)
{
	return (int)syscall(SYS_nanosleep, wanted, rest);
}

int usleep(useconds_t microseconds)
{
	struct timespec ts = {(time_t)(microseconds / 1000000),
			      (long)(microseconds % 1000000) * 1000};

	return nanosleep(&ts, NULL);
}

unsigned int sleep(unsigned int seconds)
{
	struct timespec ts = {(time_t)seconds, 0};

	return nanosleep(&ts, &ts) < 0 ? (unsigned int)ts.tv_sec : 0;
}

time_t time(time_t *result)
{
	return syscall(SYS_time, result);
}

clock_t clock(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) < 0)
		return -1;
	return ts.tv_sec * CLOCKS_PER_SEC + ts.tv_nsec / 1000;
}

int gettimeofday(struct timeval *tv, void *tz)
{
	return (int)syscall(SYS_gettimeofday, tv, tz);
}

int settimeofday(const struct timeval *tv, const struct timezone *tz)
{
	return (int)syscall(SYS_settimeofday, tv, tz);
}

int getitimer(int which, struct itimerval *value)
{
	return (int)syscall(SYS_getitimer, which, value);
}

int setitimer(int which, const struct itimerval *value, struct itimerval *old)
{
	return (int)syscall(SYS_setitimer, which, value, old);
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return (int)syscall(SYS_poll, fds, count, timeout);
}

/* The kernel changes the time limit that it is given: it gets a copy. */
int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec copy;

	if (timeout)
		copy = *timeout;
	return (int)syscall(SYS_ppoll, fds, count, timeout ? &copy : NULL, mask, sizeof(*mask));
}

int select(int count, fd_set *in, fd_set *out, fd_set *except, struct timeval *timeout)
{
	return (int)syscall(SYS__newselect, count, in, out, except, timeout);
}

int pselect(int count, fd_set *in, fd_set *out, fd_set *except, const struct timespec *timeout,
	    const sigset_t *mask)
{
	struct {
		const sigset_t *mask;
		size_t bytes;
	} sixth = {mask, sizeof(*mask)};
	struct timespec copy;

	if (timeout)
		copy = *timeout;
	return (int)syscall(SYS_pselect6, count, in, out, except, timeout ? &copy : NULL, &sixth);
}
