/* Self-tests of the log, the names of addresses, and the boot options. */
#include "kernel/ksyms.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "tests/kernel/ktest.h"

/* The end of the log as a position to read from. */
static u64 log_position(void)
{
	char buf[256];
	u64 pos = 0;

	while (log_read(&pos, buf, sizeof(buf)))
		;
	return pos;
}

/* Read what was logged since `pos`, without the stamps' digits. */
static const char *logged_since(u64 pos, char *buf, size_t size)
{
	size_t len = log_read(&pos, buf, size - 1);

	buf[len] = '\0';
	return buf;
}

static int saved_loglevel;

static void be_quiet(struct ktest *t)
{
	(void)t;
	saved_loglevel = console_loglevel;
	console_loglevel = 0;
}

static void be_loud(struct ktest *t)
{
	(void)t;
	console_loglevel = saved_loglevel;
}

static void test_log_keeps_messages(struct ktest *t)
{
	u64 pos = log_position();
	char buf[128];
	const char *text;

	pr_info("answer %d", 42);
	pr_cont(" and more\n");
	text = logged_since(pos, buf, sizeof(buf));
	KT_EXPECT_EQ(t, text[0], '[');
	KT_ASSERT(t, strstr(text, "] "));
	KT_EXPECT_STREQ(t, strstr(text, "] ") + 2, "answer 42 and more\n");
}

static void test_lines_do_not_mix(struct ktest *t)
{
	u64 pos = log_position();
	char buf[160];

	pr_info("begun");
	pr_info("another\n");
	KT_EXPECT(t, strstr(logged_since(pos, buf, sizeof(buf)), "begun\n["));
}

/* A reader who has fallen behind goes on with the oldest byte that is left. */
static void test_ring_overtakes_a_reader(struct ktest *t)
{
	u64 pos = log_position(), start = pos;
	char buf[64];

	for (int i = 0; i < 1200; i++)
		pr_debug("a line to fill the ring with: %d\n", i);
	KT_ASSERT(t, log_read(&pos, buf, sizeof(buf)) == sizeof(buf));
	KT_EXPECT(t, pos > start + sizeof(buf));
}

static void test_ratelimit(struct ktest *t)
{
	struct ratelimit limit = {.interval = 3600, .burst = 3};
	int passed = 0;

	limit.begin = 1;
	for (int i = 0; i < 10; i++)
		passed += ratelimit(&limit, "test");
	KT_EXPECT_EQ(t, passed, 3);
	KT_EXPECT_EQ(t, limit.missed, 7u);
}

static void test_names_of_addresses(struct ktest *t)
{
	unsigned long address = (unsigned long)panic, offset = 99, size = 0;
	char buf[64], expected[64];

	KT_ASSERT(t, ksyms_count > 100);
	KT_EXPECT_STREQ(t, ksyms_find(address, &offset, &size), "panic");
	KT_EXPECT_EQ(t, offset, 0ul);
	KT_EXPECT_LT(t, 8ul, size);
	KT_EXPECT_STREQ(t, ksyms_find(address + 5, &offset, NULL), "panic");
	KT_EXPECT_EQ(t, offset, 5ul);
	KT_EXPECT_EQ(t, ksyms_address("panic"), address);
	KT_EXPECT_EQ(t, ksyms_address("no such function"), 0ul);
	KT_EXPECT(t, !ksyms_find(0x08048000, NULL, NULL));
	KT_EXPECT(t, !ksyms_find(0xffffffff, NULL, NULL));

	snprintf(buf, sizeof(buf), "%pS", (void *)(address + 5));
	snprintf(expected, sizeof(expected), "panic+0x5/0x%lx", size);
	KT_EXPECT_STREQ(t, buf, expected);
}

static const char *option_value = "never set";
static int option_calls;

static int set_test_option(const char *value)
{
	option_calls++;
	option_value = value;
	return value && strcmp(value, "bad") == 0 ? -EINVAL : 0;
}
BOOT_OPTION("ktest_option", set_test_option);

static void test_options(struct ktest *t)
{
	char line[] = "  ktest_option=one ktest_option  ktest_option=a=b ";

	option_calls = 0;
	options_parse(line);
	KT_EXPECT_EQ(t, option_calls, 3);
	KT_EXPECT_STREQ(t, option_value, "a=b");
}

static void test_unknown_option_warns_once(struct ktest *t)
{
	char line[] = "frobnicate=9 ktest_option=bad", buf[256];
	u64 pos = log_position();
	const char *text, *found;

	options_parse(line);
	text = logged_since(pos, buf, sizeof(buf));
	found = strstr(text, "`frobnicate'");
	KT_ASSERT(t, found);
	KT_EXPECT(t, !strstr(found + 1, "`frobnicate'"));
	KT_EXPECT(t, strstr(text, "`ktest_option' cannot be `bad'"));
}

static const struct ktest_case cases[] = {
	KTEST(test_log_keeps_messages),	       KTEST(test_lines_do_not_mix),
	KTEST(test_ring_overtakes_a_reader),   KTEST(test_ratelimit),
	KTEST(test_names_of_addresses),	       KTEST(test_options),
	KTEST(test_unknown_option_warns_once),
};
KTEST_SUITE_WITH(log, KTEST_QUICK, cases, be_quiet, be_loud);
