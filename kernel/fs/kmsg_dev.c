/*
 * /dev/kmsg. Each read gives one record, "prio,seq,usec,-;text\n"; each write is one line into the
 * log, with a level in front if it begins with "<N>".
 *
 * The log is a ring of text. A record is a line of it, its stamp taken apart; seq is the place of
 * the line in all that was ever logged: it grows, though not by one. A reader whose line has been
 * overwritten meanwhile gets EPIPE once and goes on with the oldest line there is.
 *
 * The log is written in contexts that cannot wake anybody. So while somebody waits for a line, a
 * timer looks ten times a second whether there is one.
 */
#include "kernel/fs/kmsg_dev.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/poll.h"
#include "kernel/fs/rw.h"
#include "kernel/lib/ctype.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/timer_list.h"
#include "kernel/wait.h"
#include "mm/slab.h"

#define LINE_MAX_LEN	  976u /* of text in a record, as Linux's LOG_LINE_MAX */
#define RECORD_MAX	  1024u
#define DEFAULT_PRIO_KMSG 6u /* the ring does not keep levels: KERN_INFO */

struct kmsg_reader {
	struct mutex lock;
	u64 pos; /* in the log: where the next line begins */
	char line[LINE_MAX_LEN + 64];
	char record[RECORD_MAX + 64];
};

static DECLARE_WAIT_QUEUE_HEAD(kmsg_wait);
static struct timer_list kmsg_timer;
static u64 seen_end; /* log_end() when the timer looked last */

/* ---- waiting for the log ---------------------------------------------------------------- */

static void look_again(void)
{
	mod_timer(&kmsg_timer, jiffies + HZ / 10);
}

static void kmsg_tick(struct timer_list *timer __unused)
{
	u64 end = log_end();

	if (!waitqueue_active(&kmsg_wait))
		return;
	if (end != seen_end)
		wake_up_all(&kmsg_wait);
	seen_end = end;
	look_again();
}

/* ---- reading ---------------------------------------------------------------------------- */

/*
 * A line of the log without its newline. False: none is complete. *lost: it had been overwritten.
 */
static bool next_line(struct kmsg_reader *r, u64 *seq, bool *lost)
{
	u64 pos = r->pos;
	size_t len = log_read(&pos, r->line, sizeof(r->line) - 1), end;

	*seq = pos - len;
	*lost = *seq != r->pos && r->pos != 0;
	r->line[len] = 0;
	end = strcspn(r->line, "\n");
	if (end == len && len < sizeof(r->line) - 1)
		return false;
	r->line[end] = 0;
	r->pos = *seq + end + (end < len);
	return true;
}

/* Takes the stamp "[    1.234567] " apart; the text behind it. */
static const char *take_stamp(const char *line, u64 *usec)
{
	u64 sec = 0, us = 0;
	const char *p = line;

	*usec = 0;
	if (*p++ != '[')
		return line;
	while (*p == ' ')
		p++;
	for (; isdigit((unsigned char)*p); p++)
		sec = sec * 10 + (u64)(*p - '0');
	if (*p++ != '.')
		return line;
	for (; isdigit((unsigned char)*p); p++)
		us = us * 10 + (u64)(*p - '0');
	if (p[0] != ']' || p[1] != ' ')
		return line;
	*usec = sec * 1000000 + us;
	return p + 2;
}

/* What cannot be printed is shown as \xNN; so is the backslash. */
static size_t format_record(struct kmsg_reader *r, u64 seq)
{
	u64 usec;
	const char *text = take_stamp(r->line, &usec);
	size_t n = (size_t)scnprintf(r->record, RECORD_MAX, "%u,%llu,%llu,-;", DEFAULT_PRIO_KMSG,
				     seq, usec);

	for (; *text && n < RECORD_MAX; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c >= 127 || c == '\\')
			n += (size_t)scnprintf(r->record + n, 5, "\\x%02x", c);
		else
			r->record[n++] = (char)c;
	}
	r->record[n++] = '\n';
	return n;
}

/* Sleeps until there is a line. 0; -EAGAIN, -EPIPE, -ERESTARTSYS. */
static int wait_for_line(struct file *file, struct kmsg_reader *r, u64 *seq)
{
	bool lost;

	if (!next_line(r, seq, &lost)) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		look_again();
		if (wait_event_interruptible(kmsg_wait, next_line(r, seq, &lost)))
			return -ERESTARTSYS;
	}
	if (!lost)
		return 0;
	r->pos = *seq;
	return -EPIPE;
}

static ssize_t kmsg_read(struct file *file, char __user *buf, size_t count, loff_t *pos __unused)
{
	struct kmsg_reader *r = file->private_data;
	ssize_t ret;
	size_t len;
	u64 seq;

	mutex_lock(&r->lock);
	ret = wait_for_line(file, r, &seq);
	if (ret)
		goto out;
	len = format_record(r, seq);
	ret = (ssize_t)len;
	if (len > count)
		ret = -EINVAL;
	else if (copy_to_user(buf, r->record, len))
		ret = -EFAULT;
	if (ret < 0)
		r->pos = seq; /* it can be read once more */
out:
	mutex_unlock(&r->lock);
	return ret;
}

/*
 * SEEK_SET: the oldest line; SEEK_END: behind the newest; SEEK_DATA: there as well, as after a
 * clear.
 */
static loff_t kmsg_llseek(struct file *file, loff_t offset, int whence)
{
	struct kmsg_reader *r = file->private_data;

	if (offset || !r)
		return -ESPIPE;
	if (whence != SEEK_SET && whence != SEEK_END && whence != SEEK_DATA)
		return -EINVAL;
	mutex_lock(&r->lock);
	r->pos = whence == SEEK_SET ? 0 : log_end();
	mutex_unlock(&r->lock);
	return 0;
}

static unsigned int kmsg_poll(struct file *file, struct poll_table *pt)
{
	struct kmsg_reader *r = file->private_data;

	poll_wait(file, &kmsg_wait, pt);
	look_again();
	return r && r->pos != log_end() ? POLLIN | POLLRDNORM : 0;
}

/* ---- writing ---------------------------------------------------------------------------- */

/* "<30>text": facility and level; the text behind, and the level. */
static const char *take_level(const char *line, unsigned int *level)
{
	const char *p = line + 1;
	unsigned int n = 0;

	if (*line != '<' || !isdigit((unsigned char)*p))
		return line;
	for (; isdigit((unsigned char)*p) && n < 1000; p++)
		n = n * 10 + (unsigned int)(*p - '0');
	if (*p != '>')
		return line;
	*level = n & 7;
	return p + 1;
}

static ssize_t kmsg_write(struct file *file __unused, const char __user *buf, size_t count,
			  loff_t *pos __unused)
{
	unsigned int level = 4; /* KERN_WARNING, Linux's default of messages without a level */
	const char *text;
	char *line;

	if (count > LINE_MAX_LEN)
		return -EINVAL;
	line = kmalloc(count + 1, GFP_KERNEL);
	if (!line)
		return -ENOMEM;
	if (copy_from_user(line, buf, count)) {
		kfree(line);
		return -EFAULT;
	}
	line[count] = 0;
	if (count && line[count - 1] == '\n')
		line[count - 1] = 0;
	text = take_level(line, &level);
	printk(KERN_SOH "%u%s\n", level, text);
	kfree(line);
	return (ssize_t)count;
}

/* ---- opening ---------------------------------------------------------------------------- */

static int kmsg_open(struct inode *inode __unused, struct file *file)
{
	struct kmsg_reader *r;

	if (!(file->f_mode & FMODE_READ))
		return 0;
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	mutex_init(&r->lock, "kmsg");
	file->private_data = r;
	return 0;
}

static void kmsg_release(struct file *file)
{
	kfree(file->private_data);
}

void kmsg_init(void)
{
	timer_setup(&kmsg_timer, kmsg_tick);
}

const struct file_operations kmsg_fops = {
	.llseek = kmsg_llseek,
	.read = kmsg_read,
	.write = kmsg_write,
	.poll = kmsg_poll,
	.open = kmsg_open,
	.release = kmsg_release,
};
