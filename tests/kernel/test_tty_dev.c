/* Terminals as files and as the end of a wire: ioctls, poll, hang-up, ports, the keyboard. */
#include "kernel/cpu/irqflags.h"
#include "kernel/drivers/keyboard.h"
#include "kernel/exit.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/poll.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/task.h"
#include "kernel/timer_list.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/fake_tty.h"
#include "tests/kernel/mm_test.h"
#include "tests/kernel/program.h"

/* ---- ioctl */

static void test_settings(struct ktest *t)
{
	struct fake_tty *f = t->data;
	struct ktermios a, b;
	struct termio old;

	memset(&a, 0x55, sizeof(a));
	KT_EXPECT_EQ(t, fake_ioctl(f, TCGETS, &a, sizeof(a)), 0);
	KT_EXPECT_EQ(t, a.c_lflag,
		     ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN);
	KT_EXPECT_EQ(t, a.c_cc[VEOF], 4);
	KT_EXPECT_EQ(t, a.c_ispeed, 0x55555555u); /* TCGETS ends before */
	a.c_cc[VEOF] = 26;
	a.c_cflag = (a.c_cflag & ~CBAUD) | B115200;
	KT_EXPECT_EQ(t, fake_ioctl(f, TCSETSF, &a, sizeof(a)), 0);
	KT_EXPECT_EQ(t, fake_ioctl(f, TCGETS2, &b, sizeof(b)), 0);
	KT_EXPECT_EQ(t, b.c_cc[VEOF], 26);
	KT_EXPECT_EQ(t, b.c_ospeed, 115200u);
	b.c_cflag = (b.c_cflag & ~CBAUD) | BOTHER;
	b.c_ospeed = 4711;
	KT_EXPECT_EQ(t, fake_ioctl(f, TCSETSW2, &b, sizeof(b)), 0);
	KT_EXPECT_EQ(t, f->tty->termios.c_ispeed, 4711u);
	KT_EXPECT_EQ(t, fake_ioctl(f, TCGETA, &old, sizeof(old)), 0);
	KT_EXPECT_EQ(t, old.c_cc[VEOF], 26);
	old.c_lflag &= (u16)~ICANON;
	KT_EXPECT_EQ(t, fake_ioctl(f, TCSETA, &old, sizeof(old)), 0);
	KT_EXPECT_EQ(t, f->tty->termios.c_lflag & (ICANON | ISIG), ISIG);
}

static void test_queues(struct ktest *t)
{
	struct fake_tty *f = t->data;
	const loff_t before = f->file.f_pos;
	int n = 99;

	fake_type(f, "ab\ncd\004ef");
	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCINQ, &n, sizeof(n)), 0);
	KT_EXPECT_EQ(t, n, 5); /* ^D is none, ef no line yet */
	fake_lflag(f, ICANON, 0);
	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCINQ, &n, sizeof(n)), 0);
	KT_EXPECT_EQ(t, n, 8);
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TCFLSH, TCIFLUSH), 0);
	KT_EXPECT_STREQ(t, fake_read(f, 10), "EAGAIN");
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TCFLSH, 3), -EINVAL);
	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCOUTQ, &n, sizeof(n)), 0);
	KT_EXPECT_EQ(t, n, 0);
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TCXONC, TCOOFF), 0);
	KT_EXPECT_EQ(t, fake_write(f, "x", false), -EAGAIN);
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TCXONC, TCOON), 0);
	KT_EXPECT_EQ(t, fake_write(f, "x", false), 1);
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TCXONC, 4), -EINVAL);
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TCSBRK, 1), 0);
	KT_EXPECT(t, f->file.f_pos == before);
}

static void test_other_ioctls(struct ktest *t)
{
	static const unsigned int not_here[] = {0, 0x4b3b /* KDGETMODE */, 0x5600 /* VT_OPENQRY */,
						0x541c /* TIOCLINUX */, ~0u};
	struct fake_tty *f = t->data;
	struct winsize size;
	u32 word;

	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCGWINSZ, &size, sizeof(size)), 0);
	KT_EXPECT_EQ(t, size.ws_row * 1000 + size.ws_col, 25080);
	size.ws_row = 50;
	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCSWINSZ, &size, sizeof(size)), 0);
	KT_EXPECT_EQ(t, f->tty->winsize.ws_row, 50);
	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCGDEV, &word, sizeof(word)), 0);
	KT_EXPECT_EQ(t, word, (u32)TTY_MAJOR << 8 | 200);
	word = 99;
	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCGETD, &word, sizeof(word)), 0);
	KT_EXPECT_EQ(t, word, 0u);
	word = 1;
	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCSETD, &word, sizeof(word)), -EINVAL);
	KT_EXPECT_EQ(t, fake_ioctl(f, TIOCSTI, &word, 1), -EIO);
	for (unsigned int i = 0; i < ARRAY_SIZE(not_here); i++)
		KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, not_here[i], FAKE_MEMORY), -ENOTTY);
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TIOCGPGRP, FAKE_MEMORY), -ENOTTY);
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TIOCNOTTY, 0), -ENOTTY);
}

/* Each byte of each argument in turn is the first that is not there. */
static void test_bad_pointers(struct ktest *t)
{
	static const struct {
		unsigned int cmd, size;
	} calls[] = {
		{TCGETS, 36},  {TCSETS, 36},   {TCSETSW, 36},	{TCSETSF, 36},	 {TCGETS2, 44},
		{TCSETS2, 44}, {TCSETSW2, 44}, {TCSETSF2, 44},	{TCGETA, 18},	 {TCSETA, 18},
		{TCSETAW, 18}, {TCSETAF, 18},  {TIOCGWINSZ, 8}, {TIOCSWINSZ, 8}, {TIOCINQ, 4},
		{TIOCOUTQ, 4}, {TIOCGETD, 4},  {TIOCSETD, 4},	{TIOCGDEV, 4},	 {TIOCGEXCL, 4},
	};
	struct fake_tty *f = t->data;
	struct ktermios before = f->tty->termios;

	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++) {
		for (unsigned int there = 0; there < calls[i].size; there++) {
			if (tty_fops.ioctl(&f->file, calls[i].cmd, FAKE_END - there) != -EFAULT)
				ktest_fail(t, __FILE__, __LINE__, "0x%x with %u bytes",
					   calls[i].cmd, there);
		}
		KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, calls[i].cmd, 0xc0100000), -EFAULT);
	}
	KT_EXPECT(t, memcmp(&before, &f->tty->termios, sizeof(before)) == 0);
}

static void test_bad_buffers(struct ktest *t)
{
	struct fake_tty *f = t->data;
	char __user *end = (char *)FAKE_END;

	f->file.f_flags |= O_NONBLOCK;
	fake_type(f, "line\n");
	KT_EXPECT_EQ(t, tty_fops.read(&f->file, end, 10, &f->file.f_pos), -EFAULT);
	KT_EXPECT_EQ(t, tty_fops.read(&f->file, end - 2, 10, &f->file.f_pos), -EFAULT);
	KT_EXPECT_STREQ(t, fake_read(f, 100), "line\n"); /* not lost */
	fake_out(f);
	memset(f->out, 0, sizeof(f->out));
	KT_EXPECT_EQ(t, tty_fops.write(&f->file, end, 10, &f->file.f_pos), -EFAULT);
	KT_EXPECT_EQ(t, tty_fops.write(&f->file, end - 300, 400, &f->file.f_pos), 300);
	KT_EXPECT_EQ(t, f->out_len, 300u);
}

/* ---- files */

static int open_once(void *ctx)
{
	struct fake_tty *f = ctx;
	struct file file = f->file;
	int err;

	file.private_data = NULL;
	err = tty_fops.open(&f->inode, &file);
	if (!err)
		tty_fops.release(&file);
	return err;
}

static void test_open(struct ktest *t)
{
	struct fake_tty *f = t->data;
	struct file file = {.f_mode = FMODE_WRITE, .f_flags = O_WRONLY};
	struct inode nobody = {.i_rdev = MKDEV(TTY_MAJOR, 201)};
	struct inode own = {.i_rdev = DEV_TTY};

	KT_EXPECT_EQ(t, tty_fops.open(&nobody, &file), -ENXIO);
	KT_EXPECT_EQ(t, tty_fops.open(&own, &file), -ENXIO); /* a kernel thread has no terminal */
	tty_fops.release(&file);			     /* as after every failed open */
	KT_EXPECT_EQ(t, tty_fops.open(&f->inode, &file), 0);
	KT_EXPECT_EQ(t, f->tty->open_count, 2u);
	KT_EXPECT_EQ(t, f->tty->readers, 1u);
	tty_fops.release(&file);
	KT_EXPECT_EQ(t, f->tty->open_count, 1u);
	KT_EXPECT_EQ(t, fail_each(t, open_once, f), 1u);
}

static void test_poll(struct ktest *t)
{
	const unsigned int in = POLLIN | POLLRDNORM, out = POLLOUT | POLLWRNORM;
	struct fake_tty *f = t->data;

	KT_EXPECT_EQ(t, tty_fops.poll(&f->file, NULL), out);
	fake_type(f, "a");
	KT_EXPECT_EQ(t, tty_fops.poll(&f->file, NULL), out);
	fake_type(f, "\n");
	KT_EXPECT_EQ(t, tty_fops.poll(&f->file, NULL), in | out);
	fake_type(f, "\023");
	KT_EXPECT_EQ(t, tty_fops.poll(&f->file, NULL), in);
	fake_lflag(f, ICANON, 0);
	fake_cc(f, VMIN, 3);
	KT_EXPECT_EQ(t, tty_fops.poll(&f->file, NULL), 0u);
	fake_type(f, "b\021");
	KT_EXPECT_EQ(t, tty_fops.poll(&f->file, NULL), in | out);
}

static void test_hangup(struct ktest *t)
{
	struct fake_tty *f = t->data;
	struct file file = {.f_mode = FMODE_READ | FMODE_WRITE, .f_flags = O_RDWR};
	char buf[8];

	fake_type(f, "line\n");
	tty_hangup(f->tty);
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 8, true), 0);
	KT_EXPECT_EQ(t, fake_write(f, "x", true), -EIO);
	KT_EXPECT_EQ(t, tty_fops.ioctl(&f->file, TCGETS, FAKE_MEMORY), -EIO);
	KT_EXPECT_EQ(t, tty_fops.poll(&f->file, NULL) & (POLLHUP | POLLIN), POLLHUP | POLLIN);
	KT_EXPECT_EQ(t, tty_fops.open(&f->inode, &file), 0); /* as if nothing had been */
	KT_EXPECT_EQ(t, tty_fops.ioctl(&file, TCGETS, FAKE_MEMORY), 0);
	tty_fops.release(&file);
}

/* ---- ports */

/*
 * Bytes arrive much faster than they are read, as long as the port says yes: all are read, in
 * order.
 */
static void test_nothing_is_lost(struct ktest *t)
{
	struct fake_tty *f = t->data;
	u32 sent = 0, received = 0, total = 60000, stops = 0;
	char buf[200];

	fake_lflag(f, ICANON | ECHO | ISIG, 0);
	fake_iflag(f, ~0u, 0);
	tty_port_add(&f->port);
	while (received < total) {
		unsigned long flags = local_irq_save();
		ssize_t n;

		while (sent < total && !f->port.full)
			stops += !tty_port_push(&f->port, (u8)(sent++ % 251));
		local_irq_restore(flags);
		n = received < sent ? fake_read_raw(f, buf, sizeof(buf), true) : 0;
		for (ssize_t i = 0; i < n; i++, received++)
			KT_ASSERT(t, (u8)buf[i] == received % 251);
		if (!n)
			msleep(1); /* kttyd has emptied the ring, and is about to say so */
	}
	tty_port_remove(&f->port);
	KT_EXPECT_EQ(t, received, sent);
	KT_EXPECT_LT(t, 5u, stops);
	KT_EXPECT_LE(t, stops - 1, f->resumed);
}

/* What comes while nobody reads waits until somebody opens the terminal. */
static void test_typed_ahead(struct ktest *t)
{
	struct fake_tty *f = t->data;
	unsigned long flags;

	tty_fops.release(&f->file);
	tty_port_add(&f->port);
	flags = local_irq_save();
	tty_port_push_string(&f->port, "early\n", 6);
	local_irq_restore(flags);
	msleep(20);
	KT_EXPECT_EQ(t, f->tty->n.head, 0u);
	KT_EXPECT_EQ(t, tty_fops.open(&f->inode, &f->file), 0);
	msleep(20);
	KT_EXPECT_STREQ(t, fake_read(f, 100), "early\n");
	tty_port_remove(&f->port);
}

/* ---- the keyboard */

/* Scan codes come; what was typed. */
static const char *scan(struct fake_tty *f, const char *codes, size_t len)
{
	static char text[64];
	unsigned long flags = local_irq_save();
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		keyboard_scancode((u8)codes[i]);
	for (; f->port.tail != f->port.head && n < sizeof(text) - 1; n++)
		text[n] = (char)f->port.ring[f->port.tail++ % TTY_PORT_SIZE];
	local_irq_restore(flags);
	text[n] = 0;
	return text;
}
#define SCAN(codes) scan(f, codes, sizeof(codes) - 1)

static void scan_cases(struct ktest *t, struct fake_tty *f)
{
	KT_EXPECT_STREQ(t, SCAN("\x1e\x9e\x30\xb0\x39\xb9\x1c\x9c"), "ab \r");
	KT_EXPECT_STREQ(t, SCAN("\x2a\x1e\x02\x0f\xaa\x1e"), "A!\033[Za");
	KT_EXPECT_STREQ(t, SCAN("\x36\x28\xb6\x28\x2b\x0e"), "\"'\\\177");
	KT_EXPECT_STREQ(t, SCAN("\x1d\x2e\x1a\x2b\x9d\x2e"), "\003\033\034c");
	KT_EXPECT_STREQ(t, SCAN("\xe0\x1d\x20\xe0\x9d\x20"), "\004d");
	KT_EXPECT_STREQ(t, SCAN("\x38\x1e\xb8\xe0\x38\x30\xe0\xb8\x30"), "\033a\033bb");
	KT_EXPECT_STREQ(t, SCAN("\xe0\x48\xe0\xc8\xe0\x50\xe0\x4d\xe0\x4b"),
			"\033[A\033[B\033[C\033[D");
	KT_EXPECT_STREQ(t, SCAN("\xe0\x2a\xe0\x53\xe0\xd3\xe0\xaa"), "\033[3~");
	KT_EXPECT_STREQ(t, SCAN("\x3b\x3f\x40\x44\x57\x58"),
			"\033[[A\033[[E\033[17~\033[21~\033[23~\033[24~");
	KT_EXPECT_STREQ(t, SCAN("\xe0\x47\xe0\x4f\xe0\x49\xe0\x51\xe0\x52"),
			"\033[1~\033[4~\033[5~\033[6~\033[2~");
	KT_EXPECT_STREQ(t, SCAN("\x3a\xba\x1e\x02\x2a\x1e\xaa\x3a\x1e"), "A1aa");
	KT_EXPECT_STREQ(t, SCAN("\x48\x45\x48\x53\x2a\x48\xaa\x45"), "\033[A8.\033[A");
	KT_EXPECT_STREQ(t, SCAN("\xe1\x1d\x45\xe1\x9d\xc5\x10"), "q");
	KT_EXPECT_STREQ(t, SCAN("\x37\x4a\x4e\xe0\x35\xe0\x1c"), "*-+/\r");
	KT_EXPECT_STREQ(t, SCAN("\xaa\xff\x7f\x00\x60"), "");
}

static void test_keyboard(struct ktest *t)
{
	struct fake_tty *f = t->data;
	struct tty_port *real = keyboard_set_port(&f->port);

	scan_cases(t, f);
	keyboard_set_port(real);
}

/* ---- job control, from ring 3 */

static struct fake_tty *job_tty;

/* In the new process: the terminal becomes its descriptor 3. */
static int give_terminal(void)
{
	struct file *file =
		file_alloc(&job_tty->inode, FMODE_READ | FMODE_WRITE, &tty_fops, "fake");
	int fd;

	if (!file)
		return -ENOMEM;
	file->f_flags = O_RDWR | O_NOCTTY;
	fd = tty_fops.open(&job_tty->inode, file);
	if (!fd)
		fd = fd_install(file);
	if (fd < 0)
		fput(file);
	return min(fd, 0);
}

static void test_job_control(struct ktest *t)
{
	struct program_run *run = program_run_alloc("jobctl", NULL, NULL);
	unsigned int tasks = nr_tasks();

	KT_ASSERT(t, run);
	job_tty = t->data;
	job_tty->types_back = true;
	tty_port_add(&job_tty->port);
	run->before = give_terminal;
	if (!KT_EXPECT_EQ(t, program_run(run), W_EXITCODE(0)))
		ktest_log(t, "%s", run->output);
	for (int i = 0; nr_tasks() > tasks && i < 100; i++) /* the last job ends by itself */
		msleep(10);
	tty_port_remove(&job_tty->port);
	KT_EXPECT_EQ(t, job_tty->tty->session, 0);
	KT_EXPECT_EQ(t, job_tty->tty->open_count, 1u);
	kfree(run);
}

static const struct ktest_case cases[] = {
	KTEST(test_settings),	  KTEST(test_queues),	   KTEST(test_other_ioctls),
	KTEST(test_bad_pointers), KTEST(test_bad_buffers), KTEST(test_open),
	KTEST(test_poll),	  KTEST(test_hangup),	   KTEST(test_nothing_is_lost),
	KTEST(test_typed_ahead),  KTEST(test_keyboard),
};
static const struct ktest_case long_cases[] = {KTEST(test_job_control)};
KTEST_SUITE_WITH(tty_jobs, 0, long_cases, fake_tty_setup, fake_tty_teardown);

KTEST_SUITE_WITH(tty_dev, KTEST_QUICK, cases, fake_tty_setup, fake_tty_teardown);
