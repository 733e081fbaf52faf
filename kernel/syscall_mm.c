/* System calls about memory: what the program hands over, put into mm/'s words. */
#include "kernel/fs/fdtable.h"
#include "kernel/syscall.h"
#include "mm/mmap.h"

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

long sys_munmap(unsigned long addr, unsigned long len)
{
	return vm_munmap(addr, len);
}
