/* futex(2): what its operations and time-outs mean. The work is done in kernel/futex.c. */
#include "kernel/cpu/clock.h"
#include "kernel/futex.h"
#include "kernel/syscall.h"
#include "kernel/syscall_time.h"

#define FUTEX_WAIT	     0
#define FUTEX_WAKE	     1
#define FUTEX_REQUEUE	     3
#define FUTEX_CMP_REQUEUE    4
#define FUTEX_WAKE_OP	     5
#define FUTEX_WAIT_BITSET    9
#define FUTEX_WAKE_BITSET    10
#define FUTEX_PRIVATE_FLAG   128
#define FUTEX_CLOCK_REALTIME 256
#define FUTEX_CMD_MASK	     127

/* What a time-out means: for FUTEX_WAIT from now on, for others a point in time. 0: none. */
static u64 wait_until(int op, const struct timespec64 *timeout)
{
	u64 ns;

	if (!timeout)
		return 0;
	ns = timespec_to_ns(timeout);
	if ((op & FUTEX_CMD_MASK) == FUTEX_WAIT)
		ns = add_ns(ktime_get_ns(), ns);
	else if (op & FUTEX_CLOCK_REALTIME)
		ns = real_to_monotonic(ns);
	return max(ns, (u64)1);
}

static long do_futex(u32 __user *addr, int op, u32 val, const struct timespec64 *timeout,
		     u32 __user *addr2, u32 val2, u32 val3)
{
	bool private = op & FUTEX_PRIVATE_FLAG;
	int cmd = op & FUTEX_CMD_MASK;

	if ((op & FUTEX_CLOCK_REALTIME) && cmd != FUTEX_WAIT && cmd != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (cmd) {
	case FUTEX_WAIT:
		return futex_wait(addr, private, val, wait_until(op, timeout), ~0u);
	case FUTEX_WAIT_BITSET:
		return futex_wait(addr, private, val, wait_until(op, timeout), val3);
	case FUTEX_WAKE:
		return futex_wake(addr, private, val, ~0u);
	case FUTEX_WAKE_BITSET:
		return futex_wake(addr, private, val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(addr, addr2, private, (int)val, (int)val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(addr, addr2, private, (int)val, (int)val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(addr, addr2, private, (int)val, (int)val2, val3);
	default:
		return -ENOSYS;
	}
}

static bool has_timeout(int op)
{
	int cmd = op & FUTEX_CMD_MASK;

	return cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET;
}

/* The fourth argument is a time-out or a number, by the operation. */
long sys_futex(u32 __user *addr, int op, u32 val, const struct old_timespec __user *timeout,
	       u32 __user *addr2, u32 val3)
{
	u32 val2 = (u32)(unsigned long)timeout;
	struct timespec64 ts;
	int error;

	if (!has_timeout(op) || !timeout)
		return do_futex(addr, op, val, NULL, addr2, val2, val3);
	error = get_old_timespec(&ts, timeout);
	return error ? error : do_futex(addr, op, val, &ts, addr2, 0, val3);
}

long sys_futex_time64(u32 __user *addr, int op, u32 val,
		      const struct user_timespec64 __user *timeout, u32 __user *addr2, u32 val3)
{
	u32 val2 = (u32)(unsigned long)timeout;
	struct timespec64 ts;
	int error;

	if (!has_timeout(op) || !timeout)
		return do_futex(addr, op, val, NULL, addr2, val2, val3);
	error = get_timespec64(&ts, timeout);
	return error ? error : do_futex(addr, op, val, &ts, addr2, 0, val3);
}
