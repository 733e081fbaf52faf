/* poll(2), select(2) and their kin. As the manual pages say; errors are negative. */
#ifndef FOLIO_SYSCALL_POLL_H
#define FOLIO_SYSCALL_POLL_H

#include "kernel/fs/poll.h"
#include "kernel/syscall_time.h"

long sys_poll(struct pollfd __user *fds, unsigned int nr, int timeout_ms);
long sys_ppoll(struct pollfd __user *fds, unsigned int nr, struct old_timespec __user *ts,
	       const void __user *mask, size_t size);
long sys_ppoll_time64(struct pollfd __user *fds, unsigned int nr, struct user_timespec64 __user *ts,
		      const void __user *mask, size_t size);
long sys_select(const void __user *args);
long sys__newselect(int n, unsigned long __user *in, unsigned long __user *out,
		    unsigned long __user *ex, struct old_timeval __user *tv);
long sys_pselect6(int n, unsigned long __user *in, unsigned long __user *out,
		  unsigned long __user *ex, struct old_timespec __user *ts,
		  const void __user *mask_and_size);
long sys_pselect6_time64(int n, unsigned long __user *in, unsigned long __user *out,
			 unsigned long __user *ex, struct user_timespec64 __user *ts,
			 const void __user *mask_and_size);

#endif
