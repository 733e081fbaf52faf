/* System calls about the machine as a whole, and the small ones that fit nowhere else. */
#include "kernel/cpu/clock.h"
#include "kernel/cpu/timer.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"
#include "kernel/fs/block_dev.h"
#include "kernel/loadavg.h"
#include "kernel/power.h"
#include "kernel/printk.h"
#include "kernel/random.h"
#include "kernel/signal.h"
#include "kernel/syscall.h"
#include "kernel/task.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/zone.h"

/* ------------------------------------------------------------ sysinfo */

/* struct sysinfo of i386 (sysinfo(2)); sizes are in units of mem_unit bytes. */
struct sysinfo {
	long uptime;
	unsigned long loads[3];
	unsigned long totalram, freeram, sharedram, bufferram, totalswap, freeswap;
	u16 procs, pad;
	unsigned long totalhigh, freehigh;
	u32 mem_unit;
	char padding[8];
};

_Static_assert(sizeof(struct sysinfo) == 64, "the ABI's size");

#define LOAD_SHIFT 16 /* SI_LOAD_SHIFT */

static unsigned long total_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone->present_pages;
	return pages;
}

long sys_sysinfo(struct sysinfo __user *to)
{
	const struct zone *high = &zones[ZONE_HIGHMEM];
	struct sysinfo info = {
		.uptime = (long)div_u64(ktime_get_ns(), NSEC_PER_SEC),
		.totalram = total_pages(),
		.freeram = nr_free_pages(),
		.bufferram = nr_blockdev_pages(),
		.procs = (u16)(nr_tasks() - 1),
		.totalhigh = high->present_pages,
		.freehigh = high->buddy.free_pages,
		.mem_unit = PAGE_SIZE,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(info.loads); i++)
		info.loads[i] = avenrun[i] << (LOAD_SHIFT - FSHIFT);
	return copy_to_user(to, &info, sizeof(info)) ? -EFAULT : 0;
}

/* ------------------------------------------------------------ reboot */

#define REBOOT_MAGIC1	 0xfee1deadu
#define REBOOT_MAGIC2	 672274793u
#define REBOOT_MAGIC2A	 85072278u
#define REBOOT_MAGIC2B	 369367448u
#define REBOOT_MAGIC2C	 537993216u

#define REBOOT_RESTART	 0x01234567u
#define REBOOT_HALT	 0xcdef0123u
#define REBOOT_CAD_ON	 0x89abcdefu
#define REBOOT_CAD_OFF	 0x00000000u
#define REBOOT_POWER_OFF 0x4321fedcu
#define REBOOT_RESTART2	 0xa1b2c3d4u

static bool valid_magic(u32 magic1, u32 magic2)
{
	return magic1 == REBOOT_MAGIC1 && (magic2 == REBOOT_MAGIC2 || magic2 == REBOOT_MAGIC2A ||
					   magic2 == REBOOT_MAGIC2B || magic2 == REBOOT_MAGIC2C);
}

bool ctrl_alt_del_restarts = true;

/* With the boot option autoexit each end of the machine is a good one: QEMU's status says so. */
static void end_machine(const char *what, void (*fn)(void) __noreturn)
{
	pr_notice("reboot: %s\n", what);
	if (autoexit_enabled())
		machine_finish(FINISH_PASSED);
	fn();
}

long sys_reboot(u32 magic1, u32 magic2, u32 cmd, const char __user *arg)
{
	(void)arg;
	if (!capable())
		return -EPERM;
	if (!valid_magic(magic1, magic2))
		return -EINVAL;
	switch (cmd) {
	case REBOOT_RESTART:
	case REBOOT_RESTART2:
		end_machine("Restarting system", machine_restart);
		break;
	case REBOOT_HALT:
		end_machine("System halted", machine_halt);
		break;
	case REBOOT_POWER_OFF:
		end_machine("Power down", machine_power_off);
		break;
	case REBOOT_CAD_ON:
	case REBOOT_CAD_OFF:
		ctrl_alt_del_restarts = cmd == REBOOT_CAD_ON;
		return 0;
	default:
		return -EINVAL;
	}
	return 0;
}

/* ------------------------------------------------------------ getrandom */

#define GRND_NONBLOCK 1u
#define GRND_RANDOM   2u
#define GRND_INSECURE 4u
#define RANDOM_CHUNK  64u

long sys_getrandom(char __user *buf, size_t len, unsigned int flags)
{
	u8 bytes[RANDOM_CHUNK];
	size_t done = 0;

	if ((flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE)) ||
	    (flags & (GRND_RANDOM | GRND_INSECURE)) == (GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	len = min(len, (size_t)0x7fffffff);
	while (done < len) {
		size_t n = min(len - done, sizeof(bytes));

		get_random_bytes(bytes, n);
		if (copy_to_user(buf + done, bytes, n))
			return done ? (long)done : -EFAULT;
		done += n;
		cond_resched();
		if (signal_pending(current))
			break;
	}
	return done || !len ? (long)done : -EINTR;
}

/* ------------------------------------------------------------ the kernel log */

#define SYSLOG_READ_ALL	     3
#define SYSLOG_READ_CLEAR    4
#define SYSLOG_CLEAR	     5
#define SYSLOG_CONSOLE_OFF   6
#define SYSLOG_CONSOLE_ON    7
#define SYSLOG_CONSOLE_LEVEL 8
#define SYSLOG_SIZE_UNREAD   9
#define SYSLOG_SIZE_BUFFER   10

static u64 syslog_cleared; /* dmesg -C: what is before it is not shown any more */

/* Copy the log from `pos` on: bytes, or -EFAULT, -ENOMEM. */
static long copy_log(u64 pos, char __user *buf, size_t len)
{
	char *piece = kmalloc(PAGE_SIZE, GFP_KERNEL);
	size_t done = 0, n;

	if (!piece)
		return -ENOMEM;
	while (done < len && (n = log_read(&pos, piece, min(len - done, (size_t)PAGE_SIZE)))) {
		if (copy_to_user(buf + done, piece, n)) {
			kfree(piece);
			return -EFAULT;
		}
		done += n;
	}
	kfree(piece);
	return (long)done;
}

/* The last `len` bytes, as dmesg wants them. */
static u64 log_tail(size_t len)
{
	u64 end = log_end();

	return max(syslog_cleared, end > len ? end - len : 0);
}

static long read_log(char __user *buf, int len, bool clear)
{
	long n;

	if (!buf || len < 0)
		return -EINVAL;
	n = copy_log(log_tail((size_t)len), buf, (size_t)len);
	if (n >= 0 && clear)
		syslog_cleared = log_end();
	return n;
}

long sys_syslog(int type, char __user *buf, int len)
{
	static int saved_level = -1;

	if (type != SYSLOG_READ_ALL && type != SYSLOG_SIZE_BUFFER && !capable())
		return -EPERM;
	switch (type) {
	case 0: /* open and close of a log device that is always open */
	case 1:
		return 0;
	case SYSLOG_READ_ALL:
	case SYSLOG_READ_CLEAR:
		return read_log(buf, len, type == SYSLOG_READ_CLEAR);
	case SYSLOG_CLEAR:
		syslog_cleared = log_end();
		return 0;
	case SYSLOG_CONSOLE_OFF:
		if (saved_level < 0)
			saved_level = console_loglevel;
		console_loglevel = 1;
		return 0;
	case SYSLOG_CONSOLE_ON:
		if (saved_level >= 0)
			console_loglevel = saved_level;
		saved_level = -1;
		return 0;
	case SYSLOG_CONSOLE_LEVEL:
		if (len < 1 || len > LOGLEVEL_ALL)
			return -EINVAL;
		console_loglevel = len;
		return 0;
	case SYSLOG_SIZE_UNREAD:
		return (long)min(log_end() - syslog_cleared, (u64)LOG_SIZE);
	case SYSLOG_SIZE_BUFFER:
		return LOG_SIZE;
	default:
		return -EINVAL;
	}
}

/* ------------------------------------------------------------ of the process */

#define PERSONALITY_ASK 0xfffffffful
#define PER_LINUX	0ul
#define PER_LINUX32	8ul
#define PER_MASK	0xfful

/* A personality that would change what calls mean is not taken on. */
long sys_personality(unsigned long persona)
{
	unsigned long old = current->personality;

	if (persona == PERSONALITY_ASK)
		return (long)old;
	if ((persona & PER_MASK) != PER_LINUX && (persona & PER_MASK) != PER_LINUX32)
		return -EINVAL;
	current->personality = persona;
	return (long)old;
}

#define PR_GET_DUMPABLE	    3
#define PR_SET_NAME	    15
#define PR_GET_NAME	    16
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39

static long set_name(const char __user *from)
{
	char name[TASK_COMM_LEN] = "";

	if (strncpy_from_user(name, from, sizeof(name) - 1) < 0)
		return -EFAULT;
	set_task_comm(current, name);
	return 0;
}

long sys_prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
	       unsigned long arg5)
{
	switch (option) {
	case PR_SET_NAME:
		return set_name((const char __user *)arg2);
	case PR_GET_NAME:
		return copy_to_user((char __user *)arg2, current->comm, TASK_COMM_LEN) ? -EFAULT
										       : 0;
	case PR_GET_DUMPABLE:
		return 0; /* nobody writes cores */
	case PR_SET_NO_NEW_PRIVS:
		if (arg2 != 1 || arg3 || arg4 || arg5)
			return -EINVAL;
		current->no_new_privs = true;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return arg2 || arg3 || arg4 || arg5 ? -EINVAL : current->no_new_privs;
	default:
		return -EINVAL;
	}
}
