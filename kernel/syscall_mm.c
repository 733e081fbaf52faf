/* System calls about memory: what the program hands over, put into mm/'s words. */
#include "kernel/syscall_mm.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/fs/fdtable.h"
#include "kernel/syscall.h"
#include "mm/madvise.h"
#include "mm/mlock.h"
#include "mm/mmap.h"
#include "mm/mprotect.h"
#include "mm/mremap.h"

long sys_brk(unsigned long brk)
{
	return (long)vm_brk(brk);
}

/* The offset is in pages of 4096 bytes. Anonymous memory has no descriptor. */
long sys_mmap2(unsigned long addr, unsigned long len, unsigned long prot, unsigned long flags,
	       unsigned int fd, unsigned long pgoff)
{
	struct file *file = NULL;
	unsigned long ret;

	if (!(flags & MAP_ANONYMOUS)) {
		file = fget(fd);
		if (!file)
			return -EBADF;
	}
	ret = vm_mmap(file, addr, len, prot, flags, pgoff);
	if (file)
		fput(file);
	return (long)ret;
}

/* The offset is in bytes. */
long sys_mmap(const struct mmap_arg_struct __user *args)
{
	struct mmap_arg_struct a;

	if (copy_from_user(&a, args, sizeof(a)))
		return -EFAULT;
	if (a.offset & ~PAGE_MASK)
		return -EINVAL;
	return sys_mmap2(a.addr, a.len, a.prot, a.flags, a.fd, a.offset >> PAGE_SHIFT);
}

long sys_munmap(unsigned long addr, unsigned long len)
{
	return vm_munmap(addr, len);
}

long sys_mprotect(unsigned long addr, unsigned long len, unsigned long prot)
{
	return vm_mprotect(addr, len, prot);
}

long sys_mlock(unsigned long addr, unsigned long len)
{
	return vm_mlock(addr, len, 0);
}

long sys_mlock2(unsigned long addr, unsigned long len, int flags)
{
	return vm_mlock(addr, len, (unsigned int)flags);
}

long sys_munlock(unsigned long addr, unsigned long len)
{
	return vm_munlock(addr, len);
}

long sys_mlockall(int flags)
{
	return vm_mlockall((unsigned int)flags);
}

long sys_munlockall(void)
{
	return vm_munlockall();
}

long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr)
{
	return (long)vm_mremap(addr, old_len, new_len, flags, new_addr);
}

long sys_madvise(unsigned long addr, unsigned long len, int advice)
{
	return vm_madvise(addr, len, advice);
}

long sys_msync(unsigned long addr, unsigned long len, int flags)
{
	return vm_msync(addr, len, flags);
}

/* The answer is given piece by piece, so that mmap_sem is not held while it is copied out. */
long sys_mincore(unsigned long addr, unsigned long len, u8 __user *vec)
{
	unsigned long pages = PFN_UP(len & ~PAGE_MASK) + (len >> PAGE_SHIFT);
	u8 piece[128];
	int error = 0;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (!access_ok((void __user *)addr, len))
		return -ENOMEM;
	if (!access_ok(vec, pages))
		return -EFAULT;
	while (pages && !error) {
		unsigned long n = min(pages, (unsigned long)sizeof(piece));

		error = mincore_pages(addr, n, piece);
		if (!error && copy_to_user(vec, piece, n))
			error = -EFAULT;
		addr += n << PAGE_SHIFT;
		vec += n;
		pages -= n;
	}
	return error;
}
