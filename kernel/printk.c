/*
 * The kernel log.
 *
 * A message is formatted into one buffer, cut into lines, each line that begins
 * gets a time stamp, and everything goes into a ring of bytes and to the
 * consoles. Interrupts are off meanwhile, so that lines of different contexts do
 * not mix. The ring is addressed by the number of bytes ever written; readers
 * keep such a number, and notice when the ring has overtaken them.
 *
 * Lock: none but the interrupt flag; a panic on top of a print goes through.
 */
#include "kernel/printk.h"

#include "kernel/cpu/clock.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"

#define MESSAGE_MAX   1024u
#define LEVEL_DEFAULT 6
#define LEVEL_RAW     -1 /* below any loglevel: always shown */
#define LEVEL_CONT    -2

int console_loglevel = 7;

static char log_ring[LOG_SIZE];
static u64 log_next; /* bytes ever written */

static LIST_HEAD(consoles);
static bool line_open;	 /* the last byte of the log was not a newline */
static bool screen_open; /* the same for what the consoles show: terminals write there too */
static int line_level;	 /* of the line that is open */

static void log_append(const char *text, size_t len)
{
	while (len--)
		log_ring[log_next++ % LOG_SIZE] = *text++;
}

static void consoles_write(const char *text, size_t len)
{
	struct console *console;

	list_for_each_entry (console, &consoles, list)
		console->write(text, len);
}

static void emit(const char *text, size_t len, int level)
{
	if (!len)
		return;
	log_append(text, len);
	line_open = text[len - 1] != '\n';
	if (level < console_loglevel) {
		consoles_write(text, len);
		screen_open = line_open;
	}
}

static void emit_stamp(int level)
{
	char stamp[32];
	u32 usec;
	u64 sec = div_u64_rem(div_u64(ktime_get_ns(), 1000), 1000000, &usec);

	if (screen_open && level < console_loglevel)
		consoles_write("\n", 1);
	emit(stamp,
	     (size_t)scnprintf(stamp, sizeof(stamp), "[%5lu.%06u] ", (unsigned long)sec, usec),
	     level);
}

/* The level at the beginning of a message, which is skipped. */
static int take_level(const char **text)
{
	int level = LEVEL_DEFAULT;

	if ((*text)[0] != KERN_SOH[0] || !(*text)[1])
		return level;
	level = (*text)[1] == 'c' ? LEVEL_CONT : (*text)[1] - '0';
	*text += 2;
	return level;
}

static void emit_message(const char *text)
{
	int level = take_level(&text);

	if (level != LEVEL_CONT) {
		if (line_open)
			emit("\n", 1, line_level);
		line_level = level;
	}
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (text[len])
			len++;
		if (!line_open)
			emit_stamp(line_level);
		emit(text, len, line_level);
		text += len;
	}
}

int vprintk(const char *fmt, va_list args)
{
	static char message[MESSAGE_MAX];
	unsigned long flags = local_irq_save();
	int len = vscnprintf(message, sizeof(message), fmt, args);

	emit_message(message);
	local_irq_restore(flags);
	return len;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintk(fmt, args);
	va_end(args);
	return len;
}

void console_write(const char *text, size_t len)
{
	unsigned long flags = local_irq_save();

	emit(text, len, LEVEL_RAW);
	line_level = LEVEL_RAW;
	local_irq_restore(flags);
}

void console_tty_wrote(bool at_line_start)
{
	screen_open = !at_line_start;
}

int pr_raw(const char *fmt, ...)
{
	static char message[MESSAGE_MAX];
	unsigned long flags = local_irq_save();
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	console_write(message, (size_t)len);
	local_irq_restore(flags);
	return len;
}

bool ratelimit(struct ratelimit *limit, const char *who)
{
	u64 now = ktime_get_ns();

	if (now - limit->begin >= (u64)limit->interval * 1000000000u) {
		if (limit->missed)
			pr_warn("%s: %u messages left out\n", who, limit->missed);
		limit->begin = now;
		limit->printed = limit->missed = 0;
	}
	if (limit->printed < limit->burst) {
		limit->printed++;
		return true;
	}
	limit->missed++;
	return false;
}

u64 log_end(void)
{
	unsigned long flags = local_irq_save();
	u64 end = log_next;

	local_irq_restore(flags);
	return end;
}

size_t log_read(u64 *pos, char *buf, size_t len)
{
	unsigned long flags = local_irq_save();
	size_t copied = 0;

	if (log_next - *pos > LOG_SIZE)
		*pos = log_next > LOG_SIZE ? log_next - LOG_SIZE : 0;
	while (copied < len && *pos < log_next)
		buf[copied++] = log_ring[(*pos)++ % LOG_SIZE];
	local_irq_restore(flags);
	return copied;
}

void register_console(struct console *console)
{
	char chunk[64];
	u64 pos = 0;
	size_t len;

	while ((len = log_read(&pos, chunk, sizeof(chunk))) != 0)
		console->write(chunk, len);
	list_add_tail(&console->list, &consoles);
}

void unregister_console(struct console *console)
{
	list_del_init(&console->list);
}

static int set_loglevel(const char *value)
{
	int level;

	if (!value || kstrtoint(value, 10, &level) || level < 0 || level > LOGLEVEL_ALL)
		return -EINVAL;
	console_loglevel = level;
	return 0;
}
BOOT_OPTION("loglevel", set_loglevel);
