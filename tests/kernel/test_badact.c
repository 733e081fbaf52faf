/*
 * Each bad act of tests/kernel/programs/badact.c: the program ends in the right way,
 * one line says what it did, the kernel lives, and all memory comes back.
 */
#include "kernel/exit.h"
#include "kernel/lib/string.h"
#include "kernel/signal.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/program.h"

#define OK W_EXITCODE(0)

/* Pages that a stack takes before it meets its limit, with tables and some to spare. */
#define WHOLE_STACK (STACK_LIMIT / PAGE_SIZE + 64)

/* What must happen, and what the line says; NULL: there is no line. */
static const struct bad_act {
	const char *name;
	int status;
	const char *line;
} acts[] = {
	{"nothing", OK, NULL},
	{"null_read", SIGSEGV, "segmentation fault: read from 0x00000000 (a null pointer)"},
	{"null_write", SIGSEGV, "segmentation fault: write to 0x00000004 (a null pointer)"},
	{"null_jump", SIGSEGV,
	 "segmentation fault: jump to 0x00000000 (a null pointer) at eip 0x00000000"},
	{"wild_read", SIGSEGV, "segmentation fault: read from 0x30000000 (no region there)"},
	{"wild_write", SIGSEGV, "segmentation fault: write to 0x30000000 (no region there)"},
	{"wild_jump", SIGSEGV, "segmentation fault: jump to 0x30000000 (no region there)"},
	{"kernel_read", SIGSEGV, "segmentation fault: read from 0xc0100000 (kernel memory)"},
	{"kernel_write", SIGSEGV, "segmentation fault: write to 0xc0100000 (kernel memory)"},
	{"kernel_jump", SIGSEGV, "segmentation fault: jump to 0xc0100000 (kernel memory)"},
	{"last_byte", SIGSEGV, "segmentation fault: read from 0xffffffff (kernel memory)"},
	{"text_write", SIGSEGV, "/badact) at eip"},
	{"rodata_write", SIGSEGV, "badact) at eip"},
	{"data_jump", W_EXITCODE(42), NULL},
	{"above_break", SIGSEGV, "(no region there)"},
	{"unmapped_again", SIGSEGV, "segmentation fault: write to 0x40000000 (no region there)"},
	{"readonly_write", SIGSEGV, "(region 40000000-40001000 r-- )"},
	{"beyond_file", SIGBUS, "bus error: read from 0x400fffff (beyond the end of /boot/badact)"},
	{"none_read", SIGSEGV, "(region 40000000-40001000 --- )"},
	{"stack_overflow", SIGSEGV, "(beyond the limit of the stack)"},
	{"below_stack_limit", SIGSEGV,
	 "segmentation fault: write to 0xbf700000 (beyond the limit of the stack)"},
	{"stack_in_kernel", SIGSEGV, "segmentation fault: write to 0xc00ffffc (kernel memory)"},
	{"stack_at_zero", SIGSEGV, "segmentation fault: write to 0xfffffffc (kernel memory)"},
	{"syscall_on_kernel_stack", OK, NULL},
	{"cli", SIGSEGV, "cli is a privileged instruction"},
	{"sti", SIGSEGV, "sti is a privileged instruction"},
	{"hlt", SIGSEGV, "hlt is a privileged instruction"},
	{"in", SIGSEGV, "in is a privileged instruction"},
	{"out", SIGSEGV, "out is a privileged instruction"},
	{"lgdt", SIGSEGV, "lgdt, lidt, lmsw or invlpg is a privileged instruction"},
	{"read_cr0", SIGSEGV, "mov from a control register is a privileged instruction"},
	{"write_cr3", SIGSEGV, "mov to a control register is a privileged instruction"},
	{"write_dr7", SIGSEGV, "mov to a debug register is a privileged instruction"},
	{"iopl", SIGSEGV, "cli is a privileged instruction"},
	{"divide", SIGFPE, "divide error"},
	{"divide_overflow", SIGFPE, "divide error"},
	{"ud2", SIGILL, "invalid opcode"},
	{"abort", SIGABRT, "ended by SIGABRT at eip"},
	{"int3", SIGTRAP, "breakpoint"},
	{"into", SIGSEGV, "overflow"},
	{"bound", SIGSEGV, "bound range exceeded"},
	{"int_page_fault", SIGSEGV, "general protection fault: int 0x0e is the kernel's"},
	{"int_timer", SIGSEGV, "general protection fault: int 0x20 is the kernel's"},
	{"single_step", SIGTRAP, "debug trap"},
	{"kernel_selector", SIGSEGV, "general protection fault: selector 0x0068"},
	{"wild_selector", SIGSEGV, "general protection fault: selector 0xfff8"},
	{"far_jump", SIGSEGV, "general protection fault: selector 0x0060"},
	{"odd_segments", OK, NULL},
	{"direction_flag", OK, NULL},
	{"nested_flag", OK, NULL},
	{"alignment_flag", OK, NULL},
	{"step_into_kernel", SIGTRAP, "debug trap"},
	{"iret_to_kernel", SIGSEGV, "general protection fault: selector 0x0060"},
	{"x87_divide", SIGFPE, "floating-point error"},
	{"unknown_syscall", OK, "system call 9999 is not implemented"},
};

static void check_act(struct ktest *t, const struct bad_act *act)
{
	struct program_run *run = program_run_alloc("badact", act->name, NULL);
	const char *line;

	KT_ASSERT(t, run);
	if (!KT_EXPECT_EQ(t, program_run(run), act->status))
		ktest_log(t, "%s", act->name);
	line = strstr(run->log, "badact[");
	if (!act->line) {
		if (!KT_EXPECT(t, !line))
			ktest_log(t, "%s: %s", act->name, run->log);
	} else if (!KT_EXPECT(t, line && strstr(line, act->line))) {
		ktest_log(t, "%s: %s", act->name, run->log);
	}
	kfree(run);
}

static void test_bad_acts(struct ktest *t)
{
	struct mm_account before;

	run_quietly("badact", "nothing", NULL); /* caches and tables that stay */
	mm_account(&before);
	for (unsigned int i = 0; i < ARRAY_SIZE(acts); i++) {
		if (!strcmp(acts[i].name, "stack_overflow") && nr_free_pages() < WHOLE_STACK)
			continue;
		check_act(t, &acts[i]);
		if (!mm_account_same(t, &before)) {
			ktest_log(t, "%s", acts[i].name);
			mm_account(&before);
		}
	}
}

/* One line for each death, no more: nothing else is logged. */
static void test_one_line(struct ktest *t)
{
	struct program_run *run = program_run_alloc("badact", "null_write", NULL);
	const char *newline;

	KT_ASSERT(t, run);
	program_run(run);
	newline = strchr(run->log, '\n');
	KT_EXPECT(t, newline && newline[1] == 0);
	KT_EXPECT_EQ(t, run->output_len, 0u);
	kfree(run);
}

static const struct ktest_case cases[] = {KTEST(test_bad_acts), KTEST(test_one_line)};
KTEST_SUITE(badact, 0, cases);
