/*
 * The devices behind which there is no device: /dev/null, zero, full, random and urandom. Major 1;
 * the minor says which, and opening one replaces the operations by its own. Numbers are Linux's
 * (Documentation/admin-guide/devices.txt).
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/fs/chrdev.h"
#include "kernel/fs/kmsg_dev.h"
#include "kernel/fs/rw.h"
#include "kernel/lib/err.h"
#include "kernel/panic.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "mm/mm_types.h"
#include "mm/shmem.h"

#define MEM_MAJOR    1u
#define RANDOM_PIECE 128u
#define ZERO_PIECE   65536u /* between two looks for signals */

/* ---- null ------------------------------------------------------------------------------- */

static ssize_t null_read(struct file *file __unused, char __user *buf __unused,
			 size_t count __unused, loff_t *pos __unused)
{
	return 0;
}

static ssize_t null_write(struct file *file __unused, const char __user *buf __unused, size_t count,
			  loff_t *pos __unused)
{
	return (ssize_t)count;
}

static ssize_t null_writev(struct file *file __unused, const struct iovec *iov, unsigned int nr,
			   loff_t *pos __unused)
{
	ssize_t total = 0;

	for (unsigned int i = 0; i < nr; i++)
		total += (ssize_t)iov[i].iov_len;
	return total;
}

static ssize_t null_sendpage(struct file *file __unused, struct page *page __unused,
			     unsigned int offset __unused, size_t count, loff_t *pos __unused)
{
	return (ssize_t)count;
}

static const struct file_operations null_fops = {
	.llseek = null_llseek,
	.read = null_read,
	.write = null_write,
	.writev = null_writev,
	.sendpage = null_sendpage,
};

/* ---- zero, full ------------------------------------------------------------------------- */

static ssize_t zero_read(struct file *file __unused, char __user *buf, size_t count,
			 loff_t *pos __unused)
{
	size_t done = 0;

	while (done < count) {
		size_t len = min(count - done, (size_t)ZERO_PIECE);
		size_t bad = clear_user(buf + done, len);

		done += len - bad;
		if (unlikely(bad))
			return done ? (ssize_t)done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return (ssize_t)done;
}

/*
 * A private mapping is anonymous memory like any other; a shared one is a nameless file, a new one
 * for each mapping. The area's file is replaced before anybody has seen it.
 */
static int zero_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct file *shm = NULL;

	if (vma->vm_flags & VM_SHARED) {
		shm = shmem_file_setup("/dev/zero", (loff_t)(vma->vm_end - vma->vm_start),
				       vma->vm_flags & VM_NORESERVE);
		if (IS_ERR(shm))
			return (int)PTR_ERR(shm);
	}
	vma->vm_file = shm;
	vma->vm_pgoff = shm ? 0 : vma->vm_start >> PAGE_SHIFT;
	fput(file); /* the area's reference; the caller has one more */
	return shm ? shm->f_op->mmap(shm, vma) : 0;
}

static ssize_t full_write(struct file *file __unused, const char __user *buf __unused,
			  size_t count __unused, loff_t *pos __unused)
{
	return -ENOSPC;
}

static const struct file_operations zero_fops = {
	.llseek = null_llseek,
	.read = zero_read,
	.write = null_write,
	.writev = null_writev,
	.sendpage = null_sendpage,
	.mmap = zero_mmap,
};

static const struct file_operations full_fops = {
	.llseek = null_llseek,
	.read = zero_read,
	.write = full_write,
};

/* ---- random, urandom -------------------------------------------------------------------- */

static ssize_t random_read(struct file *file __unused, char __user *buf, size_t count,
			   loff_t *pos __unused)
{
	u8 piece[RANDOM_PIECE];
	size_t done = 0;

	while (done < count) {
		size_t len = min(count - done, sizeof(piece)), bad;

		get_random_bytes(piece, len);
		bad = copy_to_user(buf + done, piece, len);
		done += len - bad;
		if (bad)
			return done ? (ssize_t)done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return (ssize_t)done;
}

/* What programs write is stirred in. */
static ssize_t random_write(struct file *file __unused, const char __user *buf, size_t count,
			    loff_t *pos __unused)
{
	u8 piece[RANDOM_PIECE];
	size_t done = 0;

	while (done < count) {
		size_t len = min(count - done, sizeof(piece));
		size_t bad = copy_from_user(piece, buf + done, len);

		add_randomness(piece, len - bad);
		done += len - bad;
		if (bad)
			return done ? (ssize_t)done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return (ssize_t)done;
}

static const struct file_operations random_fops = {
	.llseek = null_llseek,
	.read = random_read,
	.write = random_write,
};

/* ---- the table -------------------------------------------------------------------------- */

static const struct mem_device {
	unsigned int minor;
	const char *name;
	u32 mode;
	const struct file_operations *fops;
} mem_devices[] = {
	{3, "null", 0666, &null_fops},	    {5, "zero", 0666, &zero_fops},
	{7, "full", 0666, &full_fops},	    {8, "random", 0666, &random_fops},
	{9, "urandom", 0666, &random_fops}, {11, "kmsg", 0644, &kmsg_fops},
};

static int mem_open(struct inode *inode, struct file *file)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(mem_devices); i++) {
		if (mem_devices[i].minor != MINOR(inode->i_rdev))
			continue;
		file->f_op = mem_devices[i].fops;
		return file->f_op->open ? file->f_op->open(inode, file) : 0;
	}
	return -ENXIO;
}

static const struct file_operations mem_fops = {
	.llseek = null_llseek,
	.open = mem_open,
};

void mem_devices_init(void)
{
	int err = register_chrdev(MEM_MAJOR, 0, 256, "mem", &mem_fops);

	kmsg_init();
	for (unsigned int i = 0; err >= 0 && i < ARRAY_SIZE(mem_devices); i++)
		err = device_create(mem_devices[i].name, S_IFCHR | mem_devices[i].mode,
				    MKDEV(MEM_MAJOR, mem_devices[i].minor));
	if (err < 0)
		panic("Too little memory: /dev/null cannot be set up");
}
