/*
 * Allocation-failure injection: failslab, fail_page_alloc and fail-nth.
 *
 *	kmalloc -> magazine (set aside) -> cache_alloc_slow -> should_failslab
 *	                                        |                    |
 *	                                    cache_grow          fail_nth of the task,
 *	                                        |               then the attribute
 *	alloc_pages -> hot list (empty) -> slow_alloc -> should_fail_alloc_page
 *
 * A growing cache asks for pages, and these may fail as well: one kmalloc() can
 * have up to three places where it fails, and fail-nth reaches each.
 *
 * Unlike in Linux, allocations that may sleep and reclaim are candidates too:
 * no allocation of this kernel is promised to succeed but with __GFP_NOFAIL.
 *
 * Locks: none. The attributes are set by an administrator and read by
 * allocations; a torn reading costs at most one failure more or less. The
 * task's counter is touched by the task alone.
 */
#include "mm/fault_inject.h"

#include "kernel/cpu/percpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/kstrtox.h"
#include "kernel/lib/string.h"
#include "kernel/options.h"
#include "kernel/sched.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

#define FAIL_NTH_HIT (-1) /* value of task->fail_nth after the failure */

struct fault_attr failslab = {.name = "failslab", .times = -1, .rng = {1}};
struct fault_attr fail_page_alloc = {.name = "fail_page_alloc", .times = -1, .rng = {1}};

static unsigned int fail_nth_tasks; /* how many tasks have fail_nth set */

static bool started; /* what boot options set comes into force with fault_inject_changed() */

static bool attr_active(const struct fault_attr *attr)
{
	return started && attr->probability && attr->times;
}

void fault_inject_changed(void)
{
	started = true;
	slab_set_slow(attr_active(&failslab) || fail_nth_tasks);
	page_alloc_set_slow(attr_active(&fail_page_alloc) || fail_nth_tasks);
}

/* One number of a list with commas; moves *@s behind it. */
static int next_number(const char **s, long *number)
{
	char digits[12];
	size_t len = strcspn(*s, ",");

	if (len >= sizeof(digits))
		return -EINVAL;
	strlcpy(digits, *s, len + 1);
	*s += len + ((*s)[len] == ',');
	return kstrtol(digits, 10, number);
}

int fault_attr_setup(struct fault_attr *attr, const char *options)
{
	long value[4]; /* interval, probability, space, times */

	for (unsigned int i = 0; i < ARRAY_SIZE(value); i++)
		if (next_number(&options, &value[i]))
			return -EINVAL;
	if (*options || value[0] < 0 || value[1] < 0 || value[1] > 100 || value[2] < 0 ||
	    value[3] < -1)
		return -EINVAL;
	attr->interval = (unsigned int)value[0];
	attr->probability = (unsigned int)value[1];
	attr->space = (unsigned long)value[2];
	attr->times = (int)value[3];
	return 0;
}

static int failslab_option(const char *value)
{
	return value ? fault_attr_setup(&failslab, value) : -EINVAL;
}
BOOT_OPTION("failslab", failslab_option);

static int fail_page_alloc_option(const char *value)
{
	return value ? fault_attr_setup(&fail_page_alloc, value) : -EINVAL;
}
BOOT_OPTION("fail_page_alloc", fail_page_alloc_option);

static bool should_fail(struct fault_attr *attr, size_t size)
{
	if (!attr_active(attr))
		return false;
	if (attr->task_filter && (in_interrupt() || !current->make_it_fail))
		return false;
	if (attr->space >= size) {
		attr->space -= size;
		return false;
	}
	attr->count++;
	if (attr->interval > 1 && attr->count % attr->interval)
		return false;
	if (prng_below(&attr->rng, 100) >= attr->probability)
		return false;
	if (attr->times > 0)
		attr->times--;
	attr->failed++;
	return true;
}

/* Count one allocation of this task; true when it is the one to fail. */
static bool fail_nth_now(void)
{
	if (!fail_nth_tasks || in_interrupt() || current->fail_nth <= 0)
		return false;
	if (--current->fail_nth)
		return false;
	current->fail_nth = FAIL_NTH_HIT;
	return true;
}

bool should_failslab(size_t size, gfp_t gfp)
{
	if (gfp & __GFP_NOFAIL)
		return false;
	return fail_nth_now() || should_fail(&failslab, size);
}

bool should_fail_alloc_page(gfp_t gfp, unsigned int order)
{
	if (gfp & __GFP_NOFAIL)
		return false;
	return fail_nth_now() || should_fail(&fail_page_alloc, PAGE_SIZE << order);
}

void fail_nth_set(unsigned int n)
{
	fail_nth_tasks += (n != 0) - (current->fail_nth != 0);
	current->fail_nth = (int)n;
	fault_inject_changed();
}

bool fail_nth_hit(void)
{
	return current->fail_nth == FAIL_NTH_HIT;
}
