/*
 * A read fills a buffer with as many whole records as fit, lets the locks go, and
 * only then copies to the program, which may sleep. What the program did not take is
 * kept for its next read. A record that is longer than the buffer makes
 * the buffer grow. A read from elsewhere than where the last one ended begins anew and skips.
 */
#include "kernel/fs/seq_file.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/lib/err.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"

#define SEQ_BUF_SIZE 4096u

/* ------------------------------------------------------------ printing */

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	size_t room = m->size - m->count;
	va_list args;
	size_t len;

	va_start(args, fmt);
	len = (size_t)vsnprintf(m->buf + m->count, room, fmt, args);
	va_end(args);
	if (len >= room)
		m->overflow = true;
	else
		m->count += len;
}

void seq_putc(struct seq_file *m, char c)
{
	if (m->count < m->size)
		m->buf[m->count++] = c;
	else
		m->overflow = true;
}

void seq_puts(struct seq_file *m, const char *s)
{
	while (*s)
		seq_putc(m, *s++);
}

void seq_escape(struct seq_file *m, const char *s, const char *special)
{
	for (; *s; s++) {
		if (strchr(special, *s))
			seq_printf(m, "\\%03o", (unsigned char)*s);
		else
			seq_putc(m, *s);
	}
}

void seq_pad(struct seq_file *m, size_t record, size_t column, const char *text)
{
	size_t len = m->count - record;

	seq_printf(m, "%*s%s", len < column ? (int)(column - len) : 1, "", text);
}

/* ------------------------------------------------------------ records */

/*
 * Whole records into the empty buffer: 1, or 0 when not even one fitted, or -errno. A record that
 * does not fit behind others is taken back, and comes next time.
 */
static int fill(struct seq_file *m)
{
	u64 pos = m->index;
	void *v = m->op->start(m, &pos);
	int result = IS_ERR(v) ? (int)PTR_ERR(v) : 1;

	m->from = m->count = 0;
	m->overflow = false;
	while (v && !IS_ERR(v)) {
		size_t before = m->count;

		m->op->show(m, v);
		if (m->overflow) {
			m->count = before;
			result = before > 0;
			break;
		}
		v = m->op->next(m, v, &pos);
		m->index = pos;
	}
	m->op->stop(m, v);
	return result;
}

/* 0, with the buffer empty at the end of the file; or -errno. */
static int fill_growing(struct seq_file *m)
{
	int result;

	if (!m->buf) {
		m->size = SEQ_BUF_SIZE;
		m->buf = kmalloc(m->size, GFP_KERNEL);
		if (!m->buf)
			return -ENOMEM;
	}
	while (!(result = fill(m))) {
		char *larger = krealloc(m->buf, 2 * m->size, GFP_KERNEL);

		if (!larger)
			return -ENOMEM;
		m->buf = larger;
		m->size *= 2;
	}
	return min(result, 0);
}

/* ------------------------------------------------------------ reading */

/* Hands out what is in the buffer: bytes, or -EFAULT. */
static ssize_t drain(struct seq_file *m, char __user *buf, size_t count)
{
	size_t len = min(m->count, count);
	size_t bad = copy_to_user(buf, m->buf + m->from, len);

	m->from += len - bad;
	m->count -= len - bad;
	return bad == len ? -EFAULT : (ssize_t)(len - bad);
}

/* Make the text at `pos` the next to be read. 0 or -errno. */
static int seek_to(struct seq_file *m, loff_t pos)
{
	m->index = 0;
	m->count = 0;
	m->read_pos = 0;
	while (m->read_pos < pos) {
		size_t skip;
		int error = m->count ? 0 : fill_growing(m);

		if (error)
			return error;
		if (!m->count)
			break;
		skip = (size_t)min((loff_t)m->count, pos - m->read_pos);
		m->from += skip;
		m->count -= skip;
		m->read_pos += (loff_t)skip;
	}
	m->read_pos = pos;
	return 0;
}

static ssize_t read_on(struct seq_file *m, char __user *buf, size_t count)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < count) {
		n = m->count ? 0 : fill_growing(m);
		if (n < 0 || !m->count)
			break;
		n = drain(m, buf + done, count - done);
		if (n < 0)
			break;
		done += (size_t)n;
	}
	return done ? (ssize_t)done : n;
}

ssize_t seq_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct seq_file *m = file->private_data;
	ssize_t n = 0;

	mutex_lock(&m->lock);
	if (*pos != m->read_pos)
		n = seek_to(m, *pos);
	if (!n)
		n = read_on(m, buf, count);
	if (n > 0) {
		*pos += n;
		m->read_pos = *pos;
	}
	mutex_unlock(&m->lock);
	return n;
}

loff_t seq_lseek(struct file *file, loff_t offset, int whence)
{
	if (whence == SEEK_CUR)
		offset = (loff_t)((u64)offset + (u64)file->f_pos);
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

/* ------------------------------------------------------------ opening */

int seq_open(struct file *file, const struct seq_operations *op)
{
	struct seq_file *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	mutex_init(&m->lock, "seq_file");
	m->op = op;
	file->private_data = m;
	return 0;
}

void seq_release(struct file *file)
{
	struct seq_file *m = file->private_data;

	kfree(m->buf);
	kfree(m);
}

static void *single_start(struct seq_file *m, u64 *pos)
{
	return *pos ? NULL : m;
}

static void *single_next(struct seq_file *m, void *v, u64 *pos)
{
	(void)m;
	(void)v;
	++*pos;
	return NULL;
}

static void single_stop(struct seq_file *m, void *v)
{
	(void)m;
	(void)v;
}

static void single_show(struct seq_file *m, void *v)
{
	m->show(m, v);
}

static const struct seq_operations single_ops = {single_start, single_next, single_stop,
						 single_show};

int single_open(struct file *file, void (*show)(struct seq_file *m, void *v), void *data)
{
	struct seq_file *m;
	int error = seq_open(file, &single_ops);

	if (error)
		return error;
	m = file->private_data;
	m->show = show;
	m->private = data;
	return 0;
}
