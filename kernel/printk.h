/*
 * The kernel log. Lines carry a level and a time stamp, are kept in a ring and go
 * to every console. Any context, interrupts and panics included; nothing sleeps
 * or allocates.
 */
#ifndef FOLIO_PRINTK_H
#define FOLIO_PRINTK_H

#include "kernel/lib/list.h"

/* A message begins with its level: 0x01 and a digit (KERN_CONT: goes on with the last line). */
#define KERN_SOH     "\001"
#define KERN_EMERG   KERN_SOH "0"
#define KERN_ALERT   KERN_SOH "1"
#define KERN_CRIT    KERN_SOH "2"
#define KERN_ERR     KERN_SOH "3"
#define KERN_WARNING KERN_SOH "4"
#define KERN_NOTICE  KERN_SOH "5"
#define KERN_INFO    KERN_SOH "6"
#define KERN_DEBUG   KERN_SOH "7"
#define KERN_CONT    KERN_SOH "c"

/* printk - print and log a message. Returns the length of the text. */
int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, va_list args) __printf(1, 0);

#define pr_emerg(fmt, ...)  printk(KERN_EMERG fmt, ##__VA_ARGS__)
#define pr_err(fmt, ...)    printk(KERN_ERR fmt, ##__VA_ARGS__)
#define pr_warn(fmt, ...)   printk(KERN_WARNING fmt, ##__VA_ARGS__)
#define pr_notice(fmt, ...) printk(KERN_NOTICE fmt, ##__VA_ARGS__)
#define pr_info(fmt, ...)   printk(KERN_INFO fmt, ##__VA_ARGS__)
#define pr_debug(fmt, ...)  printk(KERN_DEBUG fmt, ##__VA_ARGS__)
#define pr_cont(fmt, ...)   printk(KERN_CONT fmt, ##__VA_ARGS__)

/* pr_raw - onto the consoles and into the log as it stands: no level, no stamp (KTAP, programs). */
int pr_raw(const char *fmt, ...) __printf(1, 2);

/* console_write - bytes onto the consoles and into the log as they are. */
void console_write(const char *text, size_t len);

/*
 * console_tty_wrote - a terminal has written to the consoles' hardware by itself, past the log;
 * does the cursor stand at the beginning of a line? A message of the log begins its own line.
 */
void console_tty_wrote(bool at_line_start);

/* Lets through `burst` messages in `interval` seconds, then counts in silence. */
struct ratelimit {
	unsigned int interval;
	unsigned int burst;
	u64 begin; /* ns */
	unsigned int printed;
	unsigned int missed;
};

/* ratelimit - may a message be printed now? Reports how many were not. */
bool ratelimit(struct ratelimit *limit, const char *who);

#define printk_ratelimited(fmt, ...)                                           \
	({                                                                     \
		static struct ratelimit _limit = {.interval = 5, .burst = 10}; \
                                                                               \
		ratelimit(&_limit, __func__) ? printk(fmt, ##__VA_ARGS__) : 0; \
	})

/* Messages with a level below this number go to the consoles (boot option loglevel=). */
#define LOGLEVEL_ALL 8
extern int console_loglevel;

/* A console. write() may be called in any context; it gets '\n' and makes of it what it needs. */
struct console {
	const char *name;
	void (*write)(const char *text, size_t len);
	struct list_head list;
};

/* register_console - show everything from now on, and what the log holds already. Boot. */
void register_console(struct console *console);
void unregister_console(struct console *console);

/*
 * log_read - copy what the log ring holds from byte position *pos on, at most
 * `len` bytes; *pos moves on (and jumps if the ring has forgotten that part).
 * Returns the bytes copied, 0 at the end. Start with *pos = 0.
 */
size_t log_read(u64 *pos, char *buf, size_t len);

/* log_end - the byte position behind the last one written. Any context. */
u64 log_end(void);

#define LOG_SIZE 32768u /* bytes that the ring remembers; a power of two */

#endif
