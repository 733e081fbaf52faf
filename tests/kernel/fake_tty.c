/* See fake_tty.h. */
#include "tests/kernel/fake_tty.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/lib/string.h"
#include "mm/mmap.h"
#include "mm/slab.h"
#include "tests/kernel/mm_test.h"

static struct fake_tty *the_fake; /* of the case that runs */

static size_t fake_write_room(struct tty_struct *tty)
{
	(void)tty;
	return min(the_fake->room, FAKE_OUT - 1 - the_fake->out_len);
}

/* What lies between two FAKE_TYPE bytes is typed; true: it has been. */
static bool type_back(const char *bytes, size_t len)
{
	static bool typing;
	unsigned long flags;

	if (!the_fake->types_back)
		return false;
	flags = local_irq_save();
	for (; len; len--, bytes++) {
		if (*bytes == FAKE_TYPE)
			typing = !typing;
		else if (typing)
			tty_port_push(&the_fake->port, (u8)*bytes);
	}
	local_irq_restore(flags);
	return true;
}

static void fake_driver_write(struct tty_struct *tty, const char *bytes, size_t len)
{
	(void)tty;
	if (type_back(bytes, len))
		return;
	memcpy(the_fake->out + the_fake->out_len, bytes, len);
	the_fake->out_len += len;
	the_fake->room -= len;
}

static size_t fake_chars(struct tty_struct *tty)
{
	(void)tty;
	return 0;
}

static const struct tty_operations fake_ops = {
	.write_room = fake_write_room,
	.write = fake_driver_write,
	.chars_in_buffer = fake_chars,
};

static void fake_resume(struct tty_port *port)
{
	(void)port;
	the_fake->resumed++;
}

void fake_tty_setup(struct ktest *t)
{
	struct fake_tty *fake;

	t->data = NULL;
	mm_test_setup(t);
	fake = kzalloc(sizeof(*fake), GFP_KERNEL);
	KT_ASSERT(t, fake);
	the_fake = t->data = fake;
	fake->room = ~0ul;
	fake->tty = tty_alloc("fake", FAKE_DEV, &fake_ops);
	KT_ASSERT(t, fake->tty);
	tty_register(fake->tty);
	inode_init(&fake->inode, 0, NULL);
	fake->inode.i_rdev = FAKE_DEV;
	fake->file.f_mode = FMODE_READ | FMODE_WRITE;
	fake->file.f_flags = O_RDWR | O_NOCTTY;
	fake->file.f_op = &tty_fops;
	KT_ASSERT_EQ(t, tty_fops.open(&fake->inode, &fake->file), 0);
	fake->port.tty = fake->tty;
	fake->port.resume = fake_resume;
	KT_ASSERT_EQ(t, map_anon(FAKE_MEMORY, FAKE_PAGES, PROT_READ | PROT_WRITE), FAKE_MEMORY);
}

void fake_tty_teardown(struct ktest *t)
{
	struct fake_tty *fake = t->data;

	if (fake) {
		if (fake->file.private_data)
			tty_fops.release(&fake->file);
		if (fake->tty)
			tty_unregister(fake->tty);
		tty_free(fake->tty);
		kfree(fake);
	}
	mm_test_teardown(t);
}

static void set(struct fake_tty *fake, const struct ktermios *new)
{
	struct ktermios termios = *new;

	fake_ioctl(fake, TCSETS, &termios, TERMIOS_SIZE);
}

void fake_lflag(struct fake_tty *fake, tcflag_t off, tcflag_t on)
{
	struct ktermios termios = fake->tty->termios;

	termios.c_lflag = (termios.c_lflag & ~off) | on;
	set(fake, &termios);
}

void fake_iflag(struct fake_tty *fake, tcflag_t off, tcflag_t on)
{
	struct ktermios termios = fake->tty->termios;

	termios.c_iflag = (termios.c_iflag & ~off) | on;
	set(fake, &termios);
}

void fake_oflag(struct fake_tty *fake, tcflag_t off, tcflag_t on)
{
	struct ktermios termios = fake->tty->termios;

	termios.c_oflag = (termios.c_oflag & ~off) | on;
	set(fake, &termios);
}

void fake_cc(struct fake_tty *fake, unsigned int which, u8 value)
{
	struct ktermios termios = fake->tty->termios;

	termios.c_cc[which] = value;
	set(fake, &termios);
}

size_t fake_type_bytes(struct fake_tty *fake, const void *bytes, size_t len)
{
	return n_tty_receive(fake->tty, bytes, len);
}

void fake_type(struct fake_tty *fake, const char *keys)
{
	fake_type_bytes(fake, keys, strlen(keys));
}

ssize_t fake_read_raw(struct fake_tty *fake, void *buf, size_t count, bool wait)
{
	unsigned int flags = fake->file.f_flags;
	ssize_t n;

	fake->file.f_flags = wait ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
	n = tty_fops.read(&fake->file, (char *)FAKE_MEMORY, count, &fake->file.f_pos);
	fake->file.f_flags = flags;
	if (n > 0 && copy_from_user(buf, (void *)FAKE_MEMORY, (size_t)n))
		return -EFAULT;
	return n;
}

const char *fake_read(struct fake_tty *fake, size_t count)
{
	static char text[8192];
	ssize_t n = fake_read_raw(fake, text, min(count, sizeof(text) - 1), false);

	if (n == -EAGAIN)
		return "EAGAIN";
	if (n < 0)
		return "another error";
	text[n] = 0;
	return text;
}

ssize_t fake_write(struct fake_tty *fake, const char *text, bool wait)
{
	unsigned int flags = fake->file.f_flags;
	size_t len = strlen(text);
	ssize_t n;

	if (copy_to_user((void *)FAKE_MEMORY, text, len))
		return -EFAULT;
	fake->file.f_flags = wait ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
	n = tty_fops.write(&fake->file, (const char *)FAKE_MEMORY, len, &fake->file.f_pos);
	fake->file.f_flags = flags;
	return n;
}

const char *fake_out(struct fake_tty *fake)
{
	fake->out[fake->out_len] = 0;
	fake->out_len = 0;
	return fake->out;
}

long fake_ioctl(struct fake_tty *fake, unsigned int cmd, void *data, size_t size)
{
	long result;

	if (copy_to_user((void *)FAKE_MEMORY, data, size))
		return -EFAULT;
	result = tty_fops.ioctl(&fake->file, cmd, FAKE_MEMORY);
	if (!result && copy_from_user(data, (void *)FAKE_MEMORY, size))
		return -EFAULT;
	return result;
}
