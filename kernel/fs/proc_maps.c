/*
 * One line for each region, as proc(5) describes it:
 *
 *	start-end perm offset dev inode                    name
 *
 * A record's position is an address: reading goes on at the first region that
 * ends above it. So pieces fit together even when regions come and go between two
 * reads, and each read finds its place through the tree.
 */
#include "kernel/fs/proc_maps.h"
#include "kernel/fs/seq_file.h"
#include "kernel/sched.h"
#include "mm/mmap.h"

#define NAME_COLUMN 49 /* where Linux's 32-bit kernels put it */

const char *vma_name(const struct vm_area_struct *vma)
{
	const struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_file)
		return vma->vm_file->f_name;
	if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return "";
}

static void *maps_start(struct seq_file *m, loff_t *pos)
{
	struct mm_struct *mm = current->mm;

	(void)m;
	if (!mm)
		return NULL;
	down_read(&mm->mmap_sem);
	return *pos < TASK_SIZE ? find_vma(mm, (unsigned long)*pos) : NULL;
}

static void *maps_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct vm_area_struct *vma = v;

	(void)m;
	*pos = vma->vm_end;
	return next_vma(vma);
}

static void maps_stop(struct seq_file *m, void *v)
{
	(void)m;
	(void)v;
	if (current->mm)
		up_read(&current->mm->mmap_sem);
}

static void maps_show(struct seq_file *m, void *v)
{
	const struct vm_area_struct *vma = v;
	const char *name = vma_name(vma);
	size_t record = m->count;

	seq_printf(m, "%08lx-%08lx %c%c%c%c %08llx 00:00 %lu ", vma->vm_start, vma->vm_end,
		   vma->vm_flags & VM_READ ? 'r' : '-', vma->vm_flags & VM_WRITE ? 'w' : '-',
		   vma->vm_flags & VM_EXEC ? 'x' : '-', vma->vm_flags & VM_MAYSHARE ? 's' : 'p',
		   vma->vm_file ? (u64)vma->vm_pgoff << PAGE_SHIFT : 0,
		   vma->vm_file ? vma->vm_file->f_inode->i_ino : 0);
	if (*name)
		seq_pad(m, record, NAME_COLUMN, name);
	seq_printf(m, "\n");
}

static const struct seq_operations maps_ops = {
	.start = maps_start,
	.next = maps_next,
	.stop = maps_stop,
	.show = maps_show,
};

struct file *proc_maps_open(void)
{
	static struct inode inode;

	if (!inode.i_ino)
		inode_init(&inode, 0, NULL);
	return seq_open(&inode, &maps_ops, "/proc/self/maps");
}
