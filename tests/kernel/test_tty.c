/*
 * The line discipline: what is typed, echoed, read and written, on a terminal whose driver is a
 * buffer. tests/kernel/test_tty_dev.c has what lies around it.
 */
#include "kernel/cpu/timer.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"
#include "tests/kernel/fake_tty.h"
#include "tests/kernel/mm_test.h"

#define ERASE "\b \b"

/* ---- lines */

static void test_line(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "hel");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "EAGAIN");
	fake_type(f, "lo\rnext\n");
	KT_EXPECT_STREQ(t, fake_out(f), "hello\r\nnext\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "hello\n");
	KT_EXPECT_STREQ(t, fake_read(f, 2), "ne");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "xt\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "EAGAIN");
}

/* Either key that a keyboard may have there erases. */
static void test_erase(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "\177ab\177\b\bxy\177z\n");
	KT_EXPECT_STREQ(t, fake_out(f), "ab" ERASE ERASE "xy" ERASE "z\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "xz\n");
	fake_lflag(f, ECHOE, 0);
	fake_type(f, "ab\177\n");
	KT_EXPECT_STREQ(t, fake_out(f), "ab^?\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "a\n");
	fake_cc(f, VERASE, '#');
	fake_type(f, "a#\bb\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "\bb\n");
}

static void test_erase_what_is_wide(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "\001\177");
	KT_EXPECT_STREQ(t, fake_out(f), "^A" ERASE ERASE);
	fake_write(f, "$ ", true);
	fake_type(f, "abc\t\177");
	KT_EXPECT_STREQ(t, fake_out(f), "$ abc\t\b\b\b");
	fake_type(f, "\177\177\177\t\177");
	KT_EXPECT_STREQ(t, fake_out(f), ERASE ERASE ERASE "\t\b\b\b\b\b\b");
	fake_iflag(f, 0, IUTF8);
	fake_type(f, "a\303\244\177");
	KT_EXPECT_STREQ(t, fake_out(f), "a\303\244" ERASE);
	fake_type(f, "\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "a\n");
}

static void test_erase_words(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "one two-b  \027\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "one two-\n");
	fake_type(f, "one two  \027\027x_1\027end\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "end\n");
	fake_out(f);
	fake_type(f, "ab c\027");
	KT_EXPECT_STREQ(t, fake_out(f), "ab c" ERASE);
}

static void test_kill(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "abc\025d\n");
	KT_EXPECT_STREQ(t, fake_out(f), "abc" ERASE ERASE ERASE "d\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "d\n");
	fake_lflag(f, ECHOKE, 0);
	fake_type(f, "abc\025d\n");
	KT_EXPECT_STREQ(t, fake_out(f), "abc^U\r\nd\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "d\n");
}

static void test_literal_next(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "a\026\177\026\004\026\nb\n");
	KT_EXPECT_STREQ(t, fake_out(f), "a^\b^?^\b^D^\b\r\nb\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "a\177\004\nb\n");
	fake_lflag(f, IEXTEN, 0);
	fake_type(f, "\026\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "\026\n");
}

static void test_reprint(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "ab\001\022c\n");
	KT_EXPECT_STREQ(t, fake_out(f), "ab^A^R\r\nab^Ac\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "ab\001c\n");
}

static void test_end_of_file(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "abc\004");
	KT_EXPECT_STREQ(t, fake_out(f), "abc");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "abc");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "EAGAIN");
	fake_type(f, "\004");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "EAGAIN");
	fake_type(f, "abc\004x\n");
	KT_EXPECT_STREQ(t, fake_read(f, 3), "abc"); /* the ^D is not an end of file of its own */
	KT_EXPECT_STREQ(t, fake_read(f, 100), "x\n");
	fake_type(f, "\004\004");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "EAGAIN");
}

static void test_other_ends(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_cc(f, VEOL, ';');
	fake_cc(f, VEOL2, '.');
	fake_type(f, "a;b.c\n");
	KT_EXPECT_STREQ(t, fake_out(f), "a;b.c\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "a;");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "b.");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "c\n");
}

static void test_echo_flags(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_lflag(f, ECHO, 0);
	fake_type(f, "secret\177\n");
	KT_EXPECT_STREQ(t, fake_out(f), "");
	fake_lflag(f, 0, ECHONL);
	fake_type(f, "more\n");
	KT_EXPECT_STREQ(t, fake_out(f), "\r\n");
	fake_lflag(f, ECHOCTL, ECHO);
	fake_type(f, "a\001\177\n");
	KT_EXPECT_STREQ(t, fake_out(f), "a\001\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "secre\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "more\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "a\n");
}

static void test_input_translation(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_lflag(f, ICANON, 0);
	fake_type(f, "a\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "a\n\n");
	fake_iflag(f, ICRNL, INLCR);
	fake_type(f, "a\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "a\r\r");
	fake_iflag(f, INLCR, IGNCR | ISTRIP);
	fake_type(f, "a\r\n\341");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "a\na");
	fake_iflag(f, 0, IUCLC);
	fake_type(f, "AbC");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "abc");
}

/* A line of 4095 bytes and its end fit; what is too much rings the bell. */
static void test_longest_line(struct ktest *t)
{
	struct fake_tty *f = t->data;
	char *buf = kmalloc(2 * N_TTY_BUF_SIZE, GFP_KERNEL);
	const char *out;

	KT_ASSERT(t, buf);
	memset(buf, 'x', N_TTY_BUF_SIZE + 3);
	KT_EXPECT_EQ(t, fake_type_bytes(f, buf, N_TTY_BUF_SIZE - 1), N_TTY_BUF_SIZE - 1);
	fake_out(f);
	KT_EXPECT_EQ(t, fake_type_bytes(f, "yyy\n", 4), 4u);
	out = fake_out(f);
	KT_EXPECT_STREQ(t, out, "\a\a\a\r\n");
	KT_EXPECT_EQ(t, fake_type_bytes(f, "more", 4), 0u); /* a reader must come first */
	KT_EXPECT_EQ(t, fake_type_bytes(f, "\026\003", 2), 0u);
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, N_TTY_BUF_SIZE, false), (ssize_t)N_TTY_BUF_SIZE);
	KT_EXPECT(t, !memchr_inv(buf, 'x', N_TTY_BUF_SIZE - 1));
	KT_EXPECT_EQ(t, buf[N_TTY_BUF_SIZE - 1], '\n');
	KT_EXPECT_EQ(t, fake_type_bytes(f, "more\n", 5), 5u);
	memset(buf, '\n', N_TTY_BUF_SIZE);
	KT_EXPECT_LT(t, fake_type_bytes(f, buf, N_TTY_BUF_SIZE), N_TTY_BUF_SIZE);
	fake_out(f);
	KT_EXPECT_EQ(t, fake_type_bytes(f, "xy\003z\n", 5), 5u); /* ^C comes through */
	KT_EXPECT_STREQ(t, fake_out(f), "^Cz\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "z\n");
	kfree(buf);
}

/* ---- raw */

static void test_raw(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_lflag(f, ICANON | ECHO, 0);
	fake_type(f, "a\177\004\025");
	KT_EXPECT_STREQ(t, fake_out(f), "");
	KT_EXPECT_STREQ(t, fake_read(f, 3), "a\177\004");
	KT_EXPECT_STREQ(t, fake_read(f, 3), "\025");
	KT_EXPECT_STREQ(t, fake_read(f, 3), "EAGAIN");
}

/* VMIN and VTIME: how long a read waits. A tenth of a second has ten ticks. */
static void test_min_and_time(struct ktest *t)
{
	struct fake_tty *f = t->data;
	unsigned long begin;
	char buf[8];

	fake_lflag(f, ICANON, 0);
	fake_cc(f, VMIN, 0);
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 8, true), 0);
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 8, false), 0);
	fake_cc(f, VTIME, 1);
	begin = jiffies;
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 8, true), 0);
	KT_EXPECT_LE(t, 10ul, jiffies - begin);
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 8, false), -EAGAIN);
	fake_type(f, "ab");
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 8, true), 2);
	fake_cc(f, VMIN, 5);
	fake_type(f, "abc");
	begin = jiffies;
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 8, true), 3); /* nothing came for a tenth */
	KT_EXPECT_LE(t, 10ul, jiffies - begin);
	fake_type(f, "abc");
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 3, true), 3); /* no more was asked for */
	fake_cc(f, VTIME, 0);
	fake_type(f, "abcdef");
	KT_EXPECT_EQ(t, fake_read_raw(f, buf, 8, true), 6);
}

static void test_change_of_mode(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "one\ntw");
	fake_lflag(f, ICANON, 0);
	KT_EXPECT_STREQ(t, fake_read(f, 5), "one\nt");
	fake_type(f, "o");
	fake_lflag(f, 0, ICANON);
	KT_EXPECT_STREQ(t, fake_read(f, 100), "wo");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "EAGAIN");
	fake_type(f, "x\177y\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "y\n");
}

/* ---- output */

static void test_output_translation(struct ktest *t)
{
	struct fake_tty *f = t->data;

	KT_EXPECT_EQ(t, fake_write(f, "a\nb\tc", true), 5);
	KT_EXPECT_STREQ(t, fake_out(f), "a\r\nb\tc");
	fake_oflag(f, ONLCR, XTABS);
	fake_write(f, "\r\t1\ta\b\b\t\n", true);
	KT_EXPECT_STREQ(t, fake_out(f), "\r        1       a\b\b \n");
	fake_oflag(f, 0, OCRNL);
	fake_write(f, "a\r", true);
	KT_EXPECT_STREQ(t, fake_out(f), "a\n");
	fake_oflag(f, OCRNL, ONOCR | ONLCR | OLCUC);
	fake_write(f, "a\n\rb\r\r", true);
	KT_EXPECT_STREQ(t, fake_out(f), "A\r\nB\r");
	fake_oflag(f, OPOST, 0);
	fake_write(f, "a\n\tb", true);
	KT_EXPECT_STREQ(t, fake_out(f), "a\n\tb");
}

/* ^S holds output and echo back, ^Q lets both go on. */
static void test_stop_and_start(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "\023");
	KT_EXPECT_EQ(t, fake_write(f, "held", false), -EAGAIN);
	fake_type(f, "ab");
	KT_EXPECT_STREQ(t, fake_out(f), "");
	fake_type(f, "\021");
	KT_EXPECT_STREQ(t, fake_out(f), "ab");
	KT_EXPECT_EQ(t, fake_write(f, "free", false), 4);
	KT_EXPECT_STREQ(t, fake_out(f), "free");
	fake_iflag(f, 0, IXANY);
	fake_type(f, "\023c");
	KT_EXPECT_STREQ(t, fake_out(f), "c");
	fake_type(f, "\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "abc\n");
	fake_iflag(f, IXON, 0);
	fake_type(f, "\023\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "\023\n");
}

static void test_slow_driver(struct ktest *t)
{
	struct fake_tty *f = t->data;

	f->room = 20;
	KT_EXPECT_EQ(t, fake_write(f, "0123456789abcdefghijklmnop", false), 13);
	KT_EXPECT_STREQ(t, fake_out(f), "0123456789abc");
	KT_EXPECT_EQ(t, fake_write(f, "more", false), -EAGAIN);
	fake_type(f, "typed");
	f->room = 1000;
	fake_write(f, "written", false);
	KT_EXPECT_STREQ(t, fake_out(f), "typedwritten");
}

static void test_signal_keys_flush(struct ktest *t)
{
	struct fake_tty *f = t->data;

	fake_type(f, "line\npart");
	fake_type(f, "\003x\n");
	KT_EXPECT_STREQ(t, fake_out(f), "line\r\npart^Cx\r\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "x\n");
	fake_lflag(f, 0, NOFLSH);
	fake_type(f, "kept\032\034more\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "keptmore\n");
	fake_lflag(f, ISIG, 0);
	fake_type(f, "\003\n");
	KT_EXPECT_STREQ(t, fake_read(f, 100), "\003\n");
	fake_lflag(f, 0, ISIG);
	fake_cc(f, VINTR, _POSIX_VDISABLE);
	fake_type_bytes(f, "\0a\n", 3);
	KT_EXPECT_EQ(t, n_tty_inq(f->tty), 3u);
}

/* ---- at random */

/* What a careful reader would make of the keys: lines, one after the other. */
struct model {
	char line[256];
	size_t len;
};

static bool model_word(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_';
}

/* True when the key ends the line. */
static bool model_key(struct model *m, char key)
{
	bool seen = false;

	if (key == '\177') {
		m->len -= m->len > 0;
	} else if (key == '\025') {
		m->len = 0;
	} else if (key == '\027') {
		while (m->len && !(seen && !model_word(m->line[m->len - 1])))
			seen |= model_word(m->line[--m->len]);
	} else {
		m->line[m->len++] = key;
	}
	return key == '\n';
}

static void test_random_editing(struct ktest *t)
{
	static const char keys[] = "abcdefgh_ .\t\001\177\177\177\025\027\n";
	struct fake_tty *f = t->data;
	struct model model = {.len = 0};
	struct prng rng;

	ktest_seed(t, &rng, 17);
	for (int i = 0; i < 20000; i++) {
		char key = keys[prng_below(&rng, sizeof(keys) - 1)];

		if (model.len > 200)
			key = '\n';
		KT_ASSERT(t, fake_type_bytes(f, &key, 1) == 1);
		if (f->out_len > FAKE_OUT / 2)
			f->out_len = 0;
		if (!model_key(&model, key))
			continue;
		model.line[model.len] = 0;
		KT_ASSERT(t, KT_EXPECT_STREQ(t, fake_read(f, 300), model.line));
		model.len = 0;
	}
}

/* Any bytes, any settings, reads of any length: the buffer keeps its order and its bounds. */
static void test_random_storm(struct ktest *t)
{
	struct fake_tty *f = t->data;
	struct n_tty *n = &f->tty->n;
	char *buf = kmalloc(N_TTY_BUF_SIZE, GFP_KERNEL);
	struct prng rng;

	ktest_seed(t, &rng, 4711);
	KT_ASSERT(t, buf);
	for (int i = 0; i < 3000; i++) {
		u32 len = prng_below(&rng, 600);

		for (u32 j = 0; j < len; j++)
			buf[j] = (char)prng_next(&rng);
		fake_type_bytes(f, buf, len);
		f->out_len = 0;
		if (prng_below(&rng, 4) == 0) {
			fake_lflag(f, ~0u, prng_next(&rng));
			fake_iflag(f, ~0u, prng_next(&rng));
			fake_oflag(f, ~0u, prng_next(&rng));
		}
		if (prng_below(&rng, 3) == 0)
			fake_read_raw(f, buf, prng_below(&rng, N_TTY_BUF_SIZE), false);
		KT_EXPECT_LE(t, n->head - n->tail, N_TTY_BUF_SIZE);
		KT_EXPECT_LE(t, n->canon - n->tail, n->head - n->tail);
		KT_EXPECT_LE(t, n->echo_head - n->echo_tail, N_TTY_ECHO_SIZE);
	}
	kfree(buf);
}

static const struct ktest_case cases[] = {
	KTEST(test_line),
	KTEST(test_erase),
	KTEST(test_erase_what_is_wide),
	KTEST(test_erase_words),
	KTEST(test_kill),
	KTEST(test_literal_next),
	KTEST(test_reprint),
	KTEST(test_end_of_file),
	KTEST(test_other_ends),
	KTEST(test_echo_flags),
	KTEST(test_input_translation),
	KTEST(test_longest_line),
	KTEST(test_raw),
	KTEST(test_change_of_mode),
	KTEST(test_output_translation),
	KTEST(test_stop_and_start),
	KTEST(test_slow_driver),
	KTEST(test_signal_keys_flush),
};
KTEST_SUITE_WITH(tty, KTEST_QUICK, cases, fake_tty_setup, fake_tty_teardown);

static const struct ktest_case long_cases[] = {
	KTEST(test_min_and_time),
	KTEST(test_random_editing),
	KTEST(test_random_storm),
};
KTEST_SUITE_WITH(tty_long, 0, long_cases, fake_tty_setup, fake_tty_teardown);
