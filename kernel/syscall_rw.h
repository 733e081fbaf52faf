/* read(2) and write(2) with all their kin. As the manual pages say; errors are negative. */
#ifndef FOLIO_SYSCALL_RW_H
#define FOLIO_SYSCALL_RW_H

#include "kernel/lib/err.h"
#include "kernel/lib/types.h"

struct iovec;

long sys_read(unsigned int fd, char __user *buf, size_t count);
long sys_write(unsigned int fd, const char __user *buf, size_t count);
long sys_readv(unsigned int fd, const struct iovec __user *iov, unsigned long nr);
long sys_writev(unsigned int fd, const struct iovec __user *iov, unsigned long nr);
long sys_pread64(unsigned int fd, char __user *buf, size_t count, unsigned long low,
		 unsigned long high);
long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, unsigned long low,
		  unsigned long high);
long sys_preadv(unsigned int fd, const struct iovec __user *iov, unsigned long nr,
		unsigned long low, unsigned long high);
long sys_pwritev(unsigned int fd, const struct iovec __user *iov, unsigned long nr,
		 unsigned long low, unsigned long high);
long sys_lseek(unsigned int fd, long offset, unsigned int whence);
long sys__llseek(unsigned int fd, unsigned long high, unsigned long low, loff_t __user *result,
		 unsigned int whence);
long sys_sendfile(unsigned int out_fd, unsigned int in_fd, long __user *offset, size_t count);
long sys_sendfile64(unsigned int out_fd, unsigned int in_fd, loff_t __user *offset, size_t count);

#endif
