/* Promises of memory: what counts, and what the three modes refuse. */
#include "mm/overcommit.h"

#include "kernel/cred.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "mm/fork.h"
#include "mm/mmap.h"
#include "mm/mprotect.h"
#include "mm/zone.h"
#include "tests/kernel/mm_test.h"

#define RW    (PROT_READ | PROT_WRITE)
#define BASE  0x10000000ul
#define AT(n) (BASE + (n)*PAGE_SIZE)

static struct mm_struct *mm; /* of the running case */
static unsigned long before;
static int mode, ratio;

static void setup(struct ktest *t)
{
	mode = sysctl_overcommit_memory;
	ratio = sysctl_overcommit_ratio;
	mm_test_setup(t);
	mm = current->mm;
	before = vm_committed();
}

static void teardown(struct ktest *t)
{
	sysctl_overcommit_memory = mode;
	sysctl_overcommit_ratio = ratio;
	mm_test_teardown(t);
}

static unsigned long promised(void)
{
	return vm_committed() - before;
}

static unsigned long memory_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone->present_pages;
	return pages;
}

static bool refused(unsigned long result)
{
	return result == (unsigned long)-ENOMEM;
}

static unsigned long map(unsigned long addr, unsigned long pages, unsigned long prot,
			 unsigned long flags)
{
	return vm_mmap(NULL, addr, pages * PAGE_SIZE, prot,
		       MAP_ANONYMOUS | flags | (addr ? MAP_FIXED : 0), 0);
}

/* What can become a process's own counts, and nothing else. */
static void test_what_counts(struct ktest *t)
{
	struct file *file = mm_test_file(t, 8 * PAGE_SIZE, FMODE_READ | FMODE_WRITE);

	map(AT(0), 10, RW, MAP_PRIVATE);
	KT_EXPECT_EQ(t, promised(), 10ul);
	map(AT(20), 10, PROT_READ, MAP_PRIVATE);
	map(AT(40), 10, RW, MAP_PRIVATE | MAP_NORESERVE);
	vm_mmap(file, AT(60), 8 * PAGE_SIZE, RW, MAP_SHARED | MAP_FIXED, 0);
	KT_EXPECT_EQ(t, promised(), 10ul);
	vm_mmap(file, AT(80), 8 * PAGE_SIZE, RW, MAP_PRIVATE | MAP_FIXED, 0);
	KT_EXPECT_EQ(t, promised(), 18ul);
	KT_EXPECT_EQ(t, vm_munmap(AT(5), 80 * PAGE_SIZE), 0);
	KT_EXPECT_EQ(t, promised(), 8ul);
	mm->start_brk = mm->brk = AT(200);
	KT_EXPECT_EQ(t, vm_brk(AT(205)), AT(205));
	KT_EXPECT_EQ(t, promised(), 13ul);
	KT_EXPECT_EQ(t, setup_stack_vma(mm), 0);
	KT_EXPECT(t, user_write(mm->stack_top - 3 * PAGE_SIZE, 1));
	KT_EXPECT_EQ(t, promised(), 16ul);
	fput(file);
}

static void test_copies(struct ktest *t)
{
	struct mm_struct *copy;

	map(AT(0), 10, RW, MAP_PRIVATE);
	map(AT(20), 10, PROT_READ, MAP_PRIVATE);
	copy = dup_mm();
	KT_ASSERT(t, !IS_ERR(copy));
	KT_EXPECT_EQ(t, promised(), 20ul);
	mmput(copy);
	KT_EXPECT_EQ(t, promised(), 10ul);
	sysctl_overcommit_memory = OVERCOMMIT_NEVER;
	sysctl_overcommit_ratio = 0;
	KT_EXPECT_EQ(t, PTR_ERR(dup_mm()), -ENOMEM);
	KT_EXPECT_EQ(t, promised(), 10ul);
}

static void test_guess(struct ktest *t)
{
	unsigned long pages = memory_pages();

	sysctl_overcommit_memory = OVERCOMMIT_GUESS;
	if (pages > 0x28000)
		ktest_skip(t, "so much memory that addresses end before it");
	/* One request for more than there is: refused. Two for nearly all: granted. */
	KT_EXPECT(t, refused(map(0, pages + 1, RW, MAP_PRIVATE)));
	KT_EXPECT_EQ(t, promised(), 0ul);
	KT_EXPECT(t, !IS_ERR_VALUE(map(0, pages + 1, RW, MAP_PRIVATE | MAP_NORESERVE)));
	KT_EXPECT(t, !IS_ERR_VALUE(map(0, pages - 10, RW, MAP_PRIVATE)));
	KT_EXPECT(t, !IS_ERR_VALUE(map(0, pages - 10, RW, MAP_PRIVATE)));
	KT_EXPECT_EQ(t, promised(), 2 * (pages - 10));
}

static void test_always(struct ktest *t)
{
	sysctl_overcommit_memory = OVERCOMMIT_ALWAYS;
	KT_EXPECT(t, !IS_ERR_VALUE(map(0, 0x78000, RW, MAP_PRIVATE)));
	KT_EXPECT_EQ(t, promised(), 0x78000ul);
}

/* The sum is bounded; NORESERVE is not listened to; root may take what others may not. */
#define ROOM_PAGES ((1ul << 30) / PAGE_SIZE)

static void test_never(struct ktest *t)
{
	unsigned int percent;
	const struct cred *root = current->cred;
	unsigned long limit, room;
	struct cred *other;

	/* All of the limit shall fit one address space. */
	percent = memory_pages() > ROOM_PAGES ? 20 : 60;
	sysctl_overcommit_memory = OVERCOMMIT_NEVER;
	sysctl_overcommit_ratio = percent;
	limit = vm_commit_limit();
	KT_EXPECT_LE(t, limit, memory_pages() * percent / 100);
	KT_EXPECT_GE(t, limit, memory_pages() * (percent - 1) / 100);
	sysctl_overcommit_ratio = 0x7fffffff;
	KT_EXPECT_GE(t, (long)vm_commit_limit(), (long)memory_pages());
	sysctl_overcommit_ratio = percent;
	room = limit - before;
	KT_EXPECT(t, refused(map(0, room, RW, MAP_PRIVATE)));
	KT_EXPECT(t, refused(map(0, room, RW, MAP_PRIVATE | MAP_NORESERVE)));
	other = prepare_cred();
	KT_ASSERT(t, other);
	other->euid = 1000;
	current->cred = other;
	KT_EXPECT(t, refused(map(0, room - limit / 64, RW, MAP_PRIVATE)));
	current->cred = root;
	put_cred(other);
	KT_EXPECT_EQ(t, map(0, room - limit / 64, RW, MAP_PRIVATE), TASK_UNMAPPED_BASE);
	/* What may not be written is not promised; to make it writable is refused. */
	KT_EXPECT_EQ(t, map(BASE, limit / 32, PROT_READ, MAP_PRIVATE), BASE);
	KT_EXPECT_EQ(t, vm_mprotect(BASE, limit / 32 * PAGE_SIZE, RW), -ENOMEM);
	KT_EXPECT_EQ(t, promised(), room - limit / 64);
}

static const struct ktest_case cases[] = {
	KTEST(test_what_counts), KTEST(test_copies), KTEST(test_guess),
	KTEST(test_always),	 KTEST(test_never),
};
KTEST_SUITE_WITH(overcommit, KTEST_QUICK, cases, setup, teardown);
