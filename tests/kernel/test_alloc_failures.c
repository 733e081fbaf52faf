/*
 * Every operation that allocates, with its first, second, third... allocation failing
 * until it succeeds. Each time it must say so, and memory must be as it was.
 *
 * Slab, kmalloc, exec and failure injection itself have suites of their own.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fs.h"
#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/printk.h"
#include "kernel/run.h"
#include "kernel/sched.h"
#include "mm/fault_inject.h"
#include "mm/kstack.h"
#include "mm/mmap.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"
#include "tests/kernel/fail_each.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/program.h"

/* The failures are announced in the log: not on the console. */
static int loglevel;

static void setup(struct ktest *t __unused)
{
	loglevel = console_loglevel;
	console_loglevel = 0;
}

static void teardown(struct ktest *t __unused)
{
	fail_nth_set(0);
	console_loglevel = loglevel;
}

/* ---- physical and kernel virtual memory ------------------------------------------ */

static int pages(void *ctx __unused)
{
	struct page *block = alloc_pages(GFP_KERNEL, 2);
	unsigned long zeroed = get_zeroed_page(GFP_KERNEL);
	bool both = block && zeroed;

	if (block)
		__free_pages(block, 2);
	free_page(zeroed);
	return both ? 0 : -ENOMEM;
}

static void test_pages(struct ktest *t)
{
	KT_EXPECT_EQ(t, fail_each(t, pages, NULL), 2u);
}

static int areas(void *ctx __unused)
{
	void *area = vmalloc(5 * PAGE_SIZE), *view = NULL;
	struct page *shown[2];

	if (!area)
		return -ENOMEM;
	shown[0] = vmalloc_to_page(area);
	shown[1] = vmalloc_to_page((char *)area + 4 * PAGE_SIZE);
	view = vmap(shown, 2, PAGE_KERNEL);
	if (view)
		vunmap(view);
	vfree(area);
	return view ? 0 : -ENOMEM;
}

static void test_vmalloc(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, areas, NULL), 8u);
}

static int stack(void *ctx __unused)
{
	void *lowest = kstack_alloc();

	kstack_free(lowest);
	return lowest ? 0 : -ENOMEM;
}

static void test_kernel_stack(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, stack, NULL), 2u);
}

/* ---- tasks and programs ------------------------------------------------------------ */

static int end_at_once(void *arg __unused)
{
	return 7;
}

static int thread(void *ctx __unused)
{
	struct task_struct *task = kthread_run(end_at_once, NULL, "short");

	if (IS_ERR(task))
		return PTR_ERR(task);
	return kthread_join(task) == 7 ? 0 : -EIO;
}

static void test_kernel_thread(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, thread, NULL), 3u);
}

static int program(void *ctx __unused)
{
	const char *const argv[] = {"nothing", NULL}, *const envp[] = {NULL};

	return run_program("nothing", argv, envp);
}

static void test_program(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, program, NULL), 3u);
}

/* ---- address spaces ------------------------------------------------------------------ */

#define AREA  0x10000000ul
#define HEAP  0x20000000ul
#define PAGES 8ul

static bool touch(unsigned long addr)
{
	return !put_user((u8)1, (u8 __user *)addr);
}

/* Map, touch, split in the middle, fill the hole again. */
static int anonymous_area(void)
{
	unsigned long addr = vm_mmap(NULL, AREA, PAGES * PAGE_SIZE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);

	if (IS_ERR_VALUE(addr))
		return (int)addr;
	for (unsigned long i = 0; i < PAGES; i++)
		if (!touch(addr + i * PAGE_SIZE))
			return -EFAULT;
	if (vm_munmap(addr + 2 * PAGE_SIZE, 2 * PAGE_SIZE))
		return -ENOMEM;
	addr = vm_mmap(NULL, AREA + 2 * PAGE_SIZE, 2 * PAGE_SIZE, PROT_READ,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	return IS_ERR_VALUE(addr) ? (int)addr : 0;
}

/* Read a page of a file, and write to a private copy of it. */
static int file_area(void)
{
	struct file *file = open_program("nothing");
	unsigned long addr;
	int err = -EFAULT;
	u8 byte;

	if (IS_ERR(file))
		return PTR_ERR(file);
	addr = vm_mmap(file, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
	fput(file);
	if (IS_ERR_VALUE(addr))
		return (int)addr;
	if (!get_user(byte, (const u8 __user *)addr) && byte == 0x7f && touch(addr))
		err = 0; /* 7f: an ELF file begins with it */
	return err;
}

static int heap(void)
{
	if (vm_brk(HEAP + 3 * PAGE_SIZE) != HEAP + 3 * PAGE_SIZE)
		return -ENOMEM;
	return touch(HEAP) ? 0 : -EFAULT;
}

static int stack_area(void)
{
	int err = setup_stack_vma(current->mm);

	if (err)
		return err;
	return touch(STACK_TOP - 1) && touch(STACK_TOP - 20 * PAGE_SIZE) ? 0 : -EFAULT;
}

/* One of these in an address space of its own. */
static int in_new_space(void *ctx)
{
	int (*fn)(void) = ctx;
	struct mm_struct *mm = mm_alloc();
	int err;

	if (!mm)
		return -ENOMEM;
	mm->start_brk = mm->brk = HEAP;
	use_mm(mm);
	err = fn();
	exit_mm();
	return err;
}

static void test_anonymous_area(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, in_new_space, anonymous_area), 12u);
}

static void test_file_area(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, in_new_space, file_area), 5u);
}

static void test_heap(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, in_new_space, heap), 4u);
}

static void test_stack_area(struct ktest *t)
{
	KT_EXPECT_GE(t, fail_each(t, in_new_space, stack_area), 5u);
}

static const struct ktest_case cases[] = {
	KTEST(test_pages),	   KTEST(test_vmalloc), KTEST(test_kernel_stack),
	KTEST(test_kernel_thread), KTEST(test_program), KTEST(test_anonymous_area),
	KTEST(test_file_area),	   KTEST(test_heap),	KTEST(test_stack_area),
};
KTEST_SUITE_WITH(alloc_failures, 0, cases, setup, teardown);
