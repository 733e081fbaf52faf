/* System calls about memory; see kernel/syscall.h. */
#ifndef FOLIO_SYSCALL_MM_H
#define FOLIO_SYSCALL_MM_H

#include "kernel/fs/fs.h"

/* What mmap(2) of old points to. */
struct mmap_arg_struct {
	unsigned long addr, len, prot, flags, fd, offset;
};

long sys_mmap(const struct mmap_arg_struct __user *args);
long sys_mprotect(unsigned long addr, unsigned long len, unsigned long prot);
long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
		unsigned long flags, unsigned long new_addr);
long sys_madvise(unsigned long addr, unsigned long len, int advice);
long sys_mincore(unsigned long addr, unsigned long len, u8 __user *vec);
long sys_msync(unsigned long addr, unsigned long len, int flags);
long sys_mlock(unsigned long addr, unsigned long len);
long sys_mlock2(unsigned long addr, unsigned long len, int flags);
long sys_munlock(unsigned long addr, unsigned long len);
long sys_mlockall(int flags);
long sys_munlockall(void);

#endif
