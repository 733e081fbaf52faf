/*
 * The regions of a process: maps, smaps and pagemap, as proc(5) describes them.
 *
 *	start-end perm offset dev inode                    name
 *
 * A record's position is an address: reading goes on at the first region that
 * ends above it. So pieces fit together even when regions come and go between two
 * reads, and each read finds its place through the tree.
 *
 * Locks: the process's mmap_sem, for reading, while records are made; nothing is copied to the
 * reader meanwhile.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/fs/proc/maps.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "mm/mmap.h"
#include "mm/rmap.h"
#include "mm/slab.h"

#define NAME_COLUMN 49 /* where Linux's 32-bit kernels put it */

const char *vma_name(const struct vm_area_struct *vma, char *buf, size_t size)
{
	const struct mm_struct *mm = vma->vm_mm;
	const char *name;

	if (vma->vm_file) {
		name = d_path(&vma->vm_file->f_path, buf, size);
		return IS_ERR(name) ? "?" : name;
	}
	if (vma->vm_start < mm->brk && vma->vm_end > mm->start_brk)
		return "[heap]";
	if (vma->vm_start <= mm->start_stack && vma->vm_end >= mm->start_stack)
		return "[stack]";
	return "";
}

/* ------------------------------------------------------------ walking the regions */

/* One open file. */
struct maps_reader {
	struct inode *inode;  /* of /proc/PID/maps */
	struct mm_struct *mm; /* while records are made */
	char *name;	      /* PATH_MAX bytes, for as long */
};

static void *maps_start(struct seq_file *m, u64 *pos)
{
	struct maps_reader *reader = m->private;
	struct task_struct *task = proc_task(reader->inode);
	void *result = NULL;

	if (!task)
		return ERR_PTR(-ESRCH);
	reader->name = getname_buffer();
	if (!reader->name)
		result = ERR_PTR(-ENOMEM);
	else if (!proc_may_access(task))
		result = ERR_PTR(-EACCES);
	else
		reader->mm = get_task_mm(task);
	put_task_struct(task);
	if (!reader->mm)
		return result;
	down_read(&reader->mm->mmap_sem);
	return *pos < TASK_SIZE ? find_vma(reader->mm, (unsigned long)*pos) : NULL;
}

static void *maps_next(struct seq_file *m, void *v, u64 *pos)
{
	struct vm_area_struct *vma = v;

	(void)m;
	*pos = vma->vm_end;
	return next_vma(vma);
}

static void maps_stop(struct seq_file *m, void *v)
{
	struct maps_reader *reader = m->private;

	(void)v;
	if (reader->name)
		putname(reader->name);
	reader->name = NULL;
	if (!reader->mm)
		return;
	up_read(&reader->mm->mmap_sem);
	mmput(reader->mm);
	reader->mm = NULL;
}

static void maps_show(struct seq_file *m, void *v)
{
	struct maps_reader *reader = m->private;
	const struct vm_area_struct *vma = v;
	const struct inode *inode = vma->vm_file ? vma->vm_file->f_inode : NULL;
	dev_t dev = inode && inode->i_sb ? inode->i_sb->s_dev : 0;
	const char *name = vma_name(vma, reader->name, PATH_MAX);
	size_t record = m->count;

	seq_printf(m, "%08lx-%08lx %c%c%c%c %08llx %02x:%02x %lu ", vma->vm_start, vma->vm_end,
		   vma->vm_flags & VM_READ ? 'r' : '-', vma->vm_flags & VM_WRITE ? 'w' : '-',
		   vma->vm_flags & VM_EXEC ? 'x' : '-', vma->vm_flags & VM_MAYSHARE ? 's' : 'p',
		   inode ? (u64)vma->vm_pgoff << PAGE_SHIFT : 0, MAJOR(dev), MINOR(dev),
		   inode ? inode->i_ino : 0);
	if (*name) {
		seq_pad(m, record, NAME_COLUMN, "");
		seq_escape(m, name, "\n");
	}
	seq_putc(m, '\n');
}

static const struct seq_operations maps_ops = {maps_start, maps_next, maps_stop, maps_show};

static int open_regions(struct inode *inode, struct file *file, const struct seq_operations *op)
{
	struct maps_reader *reader = kzalloc(sizeof(*reader), GFP_KERNEL);
	int error;

	if (!reader)
		return -ENOMEM;
	reader->inode = inode;
	error = seq_open(file, op);
	if (error)
		kfree(reader);
	else
		((struct seq_file *)file->private_data)->private = reader;
	return error;
}

static int maps_open(struct inode *inode, struct file *file)
{
	return open_regions(inode, file, &maps_ops);
}

static void maps_release(struct file *file)
{
	kfree(((struct seq_file *)file->private_data)->private);
	seq_release(file);
}

const struct file_operations proc_maps_fops = {
	.open = maps_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = maps_release,
};

/* ------------------------------------------------------------ smaps */

/* What the pages of a region amount to; bytes, but pss in 1/4096 of a byte. */
struct region_pages {
	unsigned long resident, shared_clean, shared_dirty, private_clean, private_dirty;
	unsigned long referenced, anonymous, swap;
	u64 pss;
};

#define PSS_SHIFT 12

static void count_page(struct region_pages *sum, pte_t entry)
{
	struct page *page = pte_page(entry);
	unsigned int maps = (unsigned int)max(page_mapcount(page), 1);
	bool dirty = pte_dirty(entry) || PageDirty(page);

	sum->resident += PAGE_SIZE;
	sum->pss += div_u64((u64)PAGE_SIZE << PSS_SHIFT, maps);
	if (pte_young(entry) || PageReferenced(page))
		sum->referenced += PAGE_SIZE;
	if (PageAnon(page))
		sum->anonymous += PAGE_SIZE;
	if (maps > 1)
		*(dirty ? &sum->shared_dirty : &sum->shared_clean) += PAGE_SIZE;
	else
		*(dirty ? &sum->private_dirty : &sum->private_clean) += PAGE_SIZE;
}

/* The entry of an address, 0 where there is no table. page_table_lock is held. */
static pte_t read_pte(struct mm_struct *mm, unsigned long addr)
{
	pmd_t *pmd = pmd_offset(&mm->pgd[pgd_index(addr)], addr);

	return pmd_present(*pmd) ? *pte_offset(pmd, addr) : __pte(0);
}

static void count_region(struct mm_struct *mm, const struct vm_area_struct *vma,
			 struct region_pages *sum)
{
	unsigned long addr = vma->vm_start;

	while (addr < vma->vm_end) {
		unsigned long stop = pgd_addr_end(addr, vma->vm_end);

		spin_lock(&mm->page_table_lock);
		if (!pmd_present(*pmd_offset(&mm->pgd[pgd_index(addr)], addr)))
			addr = stop;
		for (; addr < stop; addr += PAGE_SIZE) {
			pte_t entry = read_pte(mm, addr);

			if (pte_none(entry) || pte_special(entry))
				continue;
			if (pte_present(entry))
				count_page(sum, entry);
			else
				sum->swap += PAGE_SIZE;
		}
		spin_unlock(&mm->page_table_lock);
		cond_resched();
	}
}

static const struct {
	unsigned long flag;
	const char *name;
} flag_names[] = {
	{VM_READ, "rd"},      {VM_WRITE, "wr"},	   {VM_EXEC, "ex"},	  {VM_SHARED, "sh"},
	{VM_MAYREAD, "mr"},   {VM_MAYWRITE, "mw"}, {VM_MAYEXEC, "me"},	  {VM_MAYSHARE, "ms"},
	{VM_GROWSDOWN, "gd"}, {VM_LOCKED, "lo"},   {VM_IO, "io"},	  {VM_SEQ_READ, "sr"},
	{VM_RAND_READ, "rr"}, {VM_DONTCOPY, "dc"}, {VM_DONTEXPAND, "de"}, {VM_ACCOUNT, "ac"},
	{VM_NORESERVE, "nr"},
};

static void show_flags(struct seq_file *m, unsigned long vm_flags)
{
	seq_puts(m, "VmFlags:");
	for (unsigned int i = 0; i < ARRAY_SIZE(flag_names); i++)
		if (vm_flags & flag_names[i].flag)
			seq_printf(m, " %s", flag_names[i].name);
	seq_putc(m, '\n');
}

static void smaps_show(struct seq_file *m, void *v)
{
	struct maps_reader *reader = m->private;
	const struct vm_area_struct *vma = v;
	struct region_pages sum = {0};
	unsigned long pss;

	count_region(reader->mm, vma, &sum);
	pss = (unsigned long)(sum.pss >> (PSS_SHIFT + 10));
	maps_show(m, v);
	seq_printf(m,
		   "Size:           %8lu kB\nKernelPageSize: %8u kB\nMMUPageSize:    %8u kB\n"
		   "Rss:            %8lu kB\nPss:            %8lu kB\n"
		   "Shared_Clean:   %8lu kB\nShared_Dirty:   %8lu kB\n"
		   "Private_Clean:  %8lu kB\nPrivate_Dirty:  %8lu kB\n"
		   "Referenced:     %8lu kB\nAnonymous:      %8lu kB\n"
		   "Swap:           %8lu kB\nLocked:         %8lu kB\n",
		   (vma->vm_end - vma->vm_start) >> 10, 4u, 4u, sum.resident >> 10, pss,
		   sum.shared_clean >> 10, sum.shared_dirty >> 10, sum.private_clean >> 10,
		   sum.private_dirty >> 10, sum.referenced >> 10, sum.anonymous >> 10,
		   sum.swap >> 10, vma->vm_flags & VM_LOCKED ? pss : 0);
	show_flags(m, vma->vm_flags);
}

static const struct seq_operations smaps_ops = {maps_start, maps_next, maps_stop, smaps_show};

static int smaps_open(struct inode *inode, struct file *file)
{
	return open_regions(inode, file, &smaps_ops);
}

const struct file_operations proc_smaps_fops = {
	.open = smaps_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = maps_release,
};

/* ------------------------------------------------------------ pagemap */

/* A word for each page of the address space (Linux's Documentation/admin-guide/mm/pagemap). */
#define PM_PRESENT    (1ull << 63)
#define PM_SWAP	      (1ull << 62)
#define PM_FILE	      (1ull << 61)
#define PM_EXCLUSIVE  (1ull << 56)
#define PM_ENTRY_SIZE sizeof(u64)
#define PM_BATCH      64u

static u64 pagemap_entry(pte_t entry)
{
	struct page *page;
	u64 word;

	if (pte_none(entry))
		return 0;
	if (!pte_present(entry))
		return PM_SWAP | (pte_val(entry) >> 1);
	word = PM_PRESENT | (capable() ? pte_pfn(entry) : 0); /* frames are not for everybody */
	if (pte_special(entry))
		return word;
	page = pte_page(entry);
	if (!PageAnon(page))
		word |= PM_FILE;
	if (page_mapcount(page) == 1)
		word |= PM_EXCLUSIVE;
	return word;
}

static void fill_pagemap(struct mm_struct *mm, unsigned long addr, u64 *words, unsigned int n)
{
	spin_lock(&mm->page_table_lock);
	for (unsigned int i = 0; i < n; i++, addr += PAGE_SIZE)
		words[i] = pagemap_entry(read_pte(mm, addr));
	spin_unlock(&mm->page_table_lock);
}

static ssize_t copy_pagemap(struct mm_struct *mm, char __user *buf, size_t count, loff_t *pos)
{
	const loff_t end = (loff_t)(TASK_SIZE / PAGE_SIZE * PM_ENTRY_SIZE);
	u64 words[PM_BATCH];
	size_t done = 0;

	while (done < count && *pos < end) {
		size_t bytes = min(min(count - done, sizeof(words)), (size_t)(end - *pos));
		unsigned long addr = (unsigned long)*pos / PM_ENTRY_SIZE * PAGE_SIZE;

		down_read(&mm->mmap_sem);
		fill_pagemap(mm, addr, words, bytes / PM_ENTRY_SIZE);
		up_read(&mm->mmap_sem);
		if (copy_to_user(buf + done, words, bytes))
			return done ? (ssize_t)done : -EFAULT;
		done += bytes;
		*pos += (loff_t)bytes;
		cond_resched();
	}
	return (ssize_t)done;
}

static ssize_t pagemap_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct task_struct *task = proc_task(file->f_inode);
	struct mm_struct *mm;
	ssize_t n = -EACCES;

	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	if (!mm)
		n = 0;
	else if (*pos % PM_ENTRY_SIZE || count % PM_ENTRY_SIZE)
		n = -EINVAL;
	else if (proc_may_access(task))
		n = copy_pagemap(mm, buf, count, pos);
	if (mm)
		mmput(mm);
	put_task_struct(task);
	return n;
}

const struct file_operations proc_pagemap_fops = {
	.read = pagemap_read,
};
