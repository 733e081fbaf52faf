/*
 * Dates. Days are counted from the 1st of March of year 0, so that a leap day is the last one
 * of its year, and years come in groups of 400 (146,097 days).
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY	    86400
#define EPOCH	    719468 /* days from 0000-03-01 to 1970-01-01 */
#define DAYS_IN_400 146097

static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
				 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static int is_leap(long year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days before the month that is m months after March: 0, 31, 61, 92, ... */
static long days_before(long m)
{
	return (153 * m + 2) / 5;
}

static long day_number(long year, long month, long day)
{
	long m = (month + 10) % 12; /* March is 0 */
	long y = year - (month < 2);
	long group = (y >= 0 ? y : y - 399) / 400;
	long in_group = y - group * 400;

	return group * DAYS_IN_400 + in_group * 365 + in_group / 4 - in_group / 100 +
	       days_before(m) + day - 1 - EPOCH;
}

struct tm *gmtime_r(const time_t *t, struct tm *tm)
{
	long day = *t / DAY, rest = *t % DAY;
	long group, in_group, y, m;

	if (rest < 0) {
		rest += DAY;
		day--;
	}
	tm->tm_wday = (int)(((day + 4) % 7 + 7) % 7);
	tm->tm_hour = (int)(rest / 3600);
	tm->tm_min = (int)(rest / 60 % 60);
	tm->tm_sec = (int)(rest % 60);

	day += EPOCH;
	group = day / DAYS_IN_400;
	in_group = day % DAYS_IN_400;
	y = (in_group - in_group / 1460 + in_group / 36524 - in_group / 146096) / 365;
	day = in_group - (365 * y + y / 4 - y / 100);
	m = (5 * day + 2) / 153;
	tm->tm_mday = (int)(day - days_before(m)) + 1;
	tm->tm_mon = (int)((m + 2) % 12);
	y += group * 400 + (m >= 10);
	tm->tm_year = (int)y - 1900;
	tm->tm_yday = (int)(m >= 10 ? day - 306 : day + 59 + is_leap(y));
	tm->tm_isdst = 0;
	return tm;
}

struct tm *gmtime(const time_t *t)
{
	static struct tm tm;

	return gmtime_r(t, &tm);
}

struct tm *localtime_r(const time_t *t, struct tm *tm)
{
	return gmtime_r(t, tm);
}

struct tm *localtime(const time_t *t)
{
	return gmtime(t);
}

time_t timegm(struct tm *tm)
{
	time_t t = day_number(tm->tm_year + 1900, tm->tm_mon, tm->tm_mday) * DAY +
		   tm->tm_hour * 3600 + tm->tm_min * 60 + tm->tm_sec;

	gmtime_r(&t, tm);
	return t;
}

time_t mktime(struct tm *tm)
{
	return timegm(tm);
}

/* A letter that stands for one number. */
static bool number(char letter, const struct tm *tm, char *buf, size_t size)
{
	const struct {
		char letter;
		const char *fmt;
		int value;
	} numbers[] = {
		{'Y', "%d", tm->tm_year + 1900}, {'m', "%02d", tm->tm_mon + 1},
		{'d', "%02d", tm->tm_mday},	 {'e', "%2d", tm->tm_mday},
		{'H', "%02d", tm->tm_hour},	 {'M', "%02d", tm->tm_min},
		{'S', "%02d", tm->tm_sec},	 {'j', "%03d", tm->tm_yday + 1},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i].letter == letter) {
			snprintf(buf, size, numbers[i].fmt, numbers[i].value);
			return true;
		}
	}
	return false;
}

/* One letter of a format; its text. */
static const char *field(char letter, const struct tm *tm, char *buf, size_t size)
{
	struct tm copy = *tm;

	switch (letter) {
	case 's':
		snprintf(buf, size, "%ld", timegm(&copy));
		return buf;
	case 'F':
		snprintf(buf, size, "%d-%02d-%02d", tm->tm_year + 1900, tm->tm_mon + 1,
			 tm->tm_mday);
		return buf;
	case 'T':
		snprintf(buf, size, "%02d:%02d:%02d", tm->tm_hour, tm->tm_min, tm->tm_sec);
		return buf;
	case 'b':
		return months[tm->tm_mon];
	case 'a':
		return days[tm->tm_wday];
	case 'n':
		return "\n";
	case 't':
		return "\t";
	}
	if (!number(letter, tm, buf, size)) {
		buf[0] = letter;
		buf[1] = 0;
	}
	return buf;
}

size_t strftime(char *out, size_t size, const char *fmt, const struct tm *tm)
{
	size_t len = 0;

	for (; *fmt; fmt++) {
		char buf[32] = {*fmt, 0};
		const char *text = buf;

		if (*fmt == '%' && fmt[1])
			text = field(*++fmt, tm, buf, sizeof(buf));
		if (len + strlen(text) >= size)
			return 0;
		strcpy(out + len, text);
		len += strlen(text);
	}
	if (size)
		out[len] = 0;
	return len;
}
