/*
 * A read fills a buffer with as many whole records as fit, lets the locks go, and
 * only then copies to the program, which may sleep. What the program did not take is
 * kept for its next read. A record that is longer than the buffer makes
 * the buffer grow.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/seq_file.h"
#include "kernel/lib/err.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"

#define SEQ_BUF_SIZE 4096u

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

void seq_pad(struct seq_file *m, size_t record, size_t column, const char *text)
{
	size_t len = m->count - record;

	seq_printf(m, "%*s%s", len < column ? (int)(column - len) : 1, "", text);
}

/*
 * Whole records into the empty buffer. Returns false when not even one fitted. A record that
 * does not fit behind others is taken back, and comes next time.
 */
static bool fill(struct seq_file *m)
{
	loff_t pos = m->index;
	void *v = m->op->start(m, &pos);
	bool fitted = true;

	m->from = m->count = 0;
	m->overflow = false;
	while (v) {
		size_t before = m->count;

		m->op->show(m, v);
		if (m->overflow) {
			m->count = before;
			fitted = before > 0;
			break;
		}
		v = m->op->next(m, v, &pos);
		m->index = pos;
	}
	m->op->stop(m, v);
	return fitted;
}

static int fill_growing(struct seq_file *m)
{
	if (!m->buf) {
		m->size = SEQ_BUF_SIZE;
		m->buf = kmalloc(m->size, GFP_KERNEL);
		if (!m->buf)
			return -ENOMEM;
	}
	while (!fill(m)) {
		char *larger = krealloc(m->buf, 2 * m->size, GFP_KERNEL);

		if (!larger)
			return -ENOMEM;
		m->buf = larger;
		m->size *= 2;
	}
	return 0;
}

/* Hands out what is in the buffer: bytes, or -EFAULT. */
static ssize_t drain(struct seq_file *m, char __user *buf, size_t count)
{
	size_t len = min(m->count, count);
	size_t bad = __copy_to_user(buf, m->buf + m->from, len);

	m->from += len - bad;
	m->count -= len - bad;
	return bad == len ? -EFAULT : (ssize_t)(len - bad);
}

static ssize_t seq_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct seq_file *m = file->private_data;
	ssize_t n = 0;
	size_t done;

	mutex_lock(&m->lock);
	for (done = 0; done < count; done += (size_t)n) {
		n = m->count ? 0 : fill_growing(m);
		if (n < 0 || !m->count)
			break;
		n = drain(m, buf + done, count - done);
		if (n < 0)
			break;
	}
	*pos += (loff_t)done;
	mutex_unlock(&m->lock);
	return done ? (ssize_t)done : n;
}

static void seq_release(struct file *file)
{
	struct seq_file *m = file->private_data;

	kfree(m->buf);
	kfree(m);
}

static const struct file_operations seq_fops = {
	.read = seq_read,
	.release = seq_release,
};

struct file *seq_open(struct inode *inode, const struct seq_operations *op, const char *name)
{
	struct seq_file *m = kzalloc(sizeof(*m), GFP_KERNEL);
	struct file *file;

	if (!m)
		return ERR_PTR(-ENOMEM);
	mutex_init(&m->lock, "seq_file");
	m->op = op;
	file = file_alloc(inode, FMODE_READ, &seq_fops, name);
	if (!file) {
		kfree(m);
		return ERR_PTR(-ENOMEM);
	}
	file->private_data = m;
	return file;
}
