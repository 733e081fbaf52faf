/*
 * Thread-local storage on i386: a program puts a small segment into one of three entries
 * of the GDT, and its selector into gs; `mov %gs:0, ...` then reads the thread's own
 * memory. The entries are the task's, copied into the GDT at each switch (kernel/sched.c).
 *
 * A program may choose base and limit freely, for below the segment pages still decide; it may not
 * have code segments, nor system segments, nor a privilege level other than 3.
 */
#include "kernel/tls.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/lib/string.h"

#define DESC_ACCESSED	 0x01u
#define DESC_WRITABLE	 0x02u
#define DESC_EXPAND_DOWN 0x04u
#define DESC_AVAILABLE	 0x1u /* of the flags nibble: for software */

/* What a program writes to say: no segment. Linux knows both forms. */
static bool is_empty(const struct user_desc *d)
{
	if (d->base_addr || d->limit || d->contents || d->seg_32bit || d->limit_in_pages ||
	    d->useable)
		return false;
	return d->read_exec_only == d->seg_not_present;
}

static bool is_allowed(const struct user_desc *d)
{
	return is_empty(d) || (d->seg_32bit && d->contents <= 1 && !d->seg_not_present);
}

static struct segment_descriptor to_descriptor(const struct user_desc *d)
{
	unsigned int access = DESC_PRESENT | DESC_DPL(3) | DESC_CODE_DATA | DESC_ACCESSED |
			      (d->read_exec_only ? 0 : DESC_WRITABLE) |
			      (d->contents ? DESC_EXPAND_DOWN : 0);
	unsigned int flags = DESC_32BIT | (d->limit_in_pages ? DESC_GRAN_4K : 0) |
			     (d->useable ? DESC_AVAILABLE : 0);

	if (is_empty(d))
		return (struct segment_descriptor){0};
	return segment_pack(d->base_addr, d->limit, access, flags);
}

/* Goes to the program, so the bits between must be zeros too. */
static void to_user_desc(struct user_desc *d, const struct segment_descriptor *s, u32 entry)
{
	unsigned int flags = s->limit_high_flags >> 4;

	memset(d, 0, sizeof(*d));
	d->entry_number = entry;
	d->base_addr = segment_base(s);
	d->limit = segment_limit(s);
	d->seg_32bit = (flags & DESC_32BIT) != 0;
	d->contents = (s->access & DESC_EXPAND_DOWN) != 0;
	d->read_exec_only = !(s->access & DESC_WRITABLE);
	d->limit_in_pages = (flags & DESC_GRAN_4K) != 0;
	d->seg_not_present = !(s->access & DESC_PRESENT);
	d->useable = (flags & DESC_AVAILABLE) != 0;
}

static bool is_used(const struct segment_descriptor *s)
{
	return s->access != 0;
}

static void set_entry(struct thread_struct *thread, u32 entry, const struct user_desc *d)
{
	unsigned long flags = local_irq_save();

	thread->tls[entry - GDT_ENTRY_TLS_MIN] = to_descriptor(d);
	thread->uses_tls = false;
	for (unsigned int i = 0; i < GDT_ENTRY_TLS_ENTRIES; i++)
		thread->uses_tls |= is_used(&thread->tls[i]);
	if (thread == &current->thread)
		gdt_load_tls(thread->tls);
	local_irq_restore(flags);
}

void tls_copy(struct task_struct *child)
{
	struct thread_struct *thread = &child->thread;

	memcpy(thread->tls, current->thread.tls, sizeof(thread->tls));
	thread->uses_tls = current->thread.uses_tls;
	__asm__ volatile("movw %%fs,%0" : "=m"(thread->fs));
	__asm__ volatile("movw %%gs,%0" : "=m"(thread->gs));
}

static bool entry_is_ours(u32 entry)
{
	return entry >= GDT_ENTRY_TLS_MIN && entry <= GDT_ENTRY_TLS_MAX;
}

int tls_set(struct task_struct *child, const struct user_desc __user *desc)
{
	struct user_desc d;

	if (copy_from_user(&d, desc, sizeof(d)))
		return -EFAULT;
	if (!is_allowed(&d) || !entry_is_ours(d.entry_number))
		return -EINVAL;
	set_entry(&child->thread, d.entry_number, &d);
	return 0;
}

/* The first entry that is not used, or -ESRCH. */
static int free_entry(void)
{
	for (int i = 0; i < GDT_ENTRY_TLS_ENTRIES; i++)
		if (!is_used(&current->thread.tls[i]))
			return GDT_ENTRY_TLS_MIN + i;
	return -ESRCH;
}

long sys_set_thread_area(struct user_desc __user *desc)
{
	struct user_desc d;

	if (copy_from_user(&d, desc, sizeof(d)))
		return -EFAULT;
	if (!is_allowed(&d))
		return -EINVAL;
	if (d.entry_number == ~0u) {
		int entry = free_entry();

		if (entry < 0)
			return entry;
		d.entry_number = (u32)entry;
		if (put_user(d.entry_number, &desc->entry_number))
			return -EFAULT;
	}
	if (!entry_is_ours(d.entry_number))
		return -EINVAL;
	set_entry(&current->thread, d.entry_number, &d);
	return 0;
}

long sys_get_thread_area(struct user_desc __user *desc)
{
	struct user_desc d;
	u32 entry;

	if (get_user(entry, &desc->entry_number))
		return -EFAULT;
	if (!entry_is_ours(entry))
		return -EINVAL;
	to_user_desc(&d, &current->thread.tls[entry - GDT_ENTRY_TLS_MIN], entry);
	return copy_to_user(desc, &d, sizeof(d)) ? -EFAULT : 0;
}
