/*
 * signals_frame - what handlers find on their stacks and may change there: registers, alternate
 * stacks, nesting, faults, the FPU. The exit status is 0, or tells the line that found a mistake.
 */
#include "tests/kernel/programs/sig.h"

static volatile int hits, depth, deepest;
static struct kinfo last_info;
static struct kucontext last_uc;

static char alt[16384];

/* ------------------------------------------------------------ registers */

/*
 * u32 registers(u32 pid, u32 out[9]): kill(pid, SIGUSR1) with marks in all registers and in the
 * flags; stores what is in them afterwards.
 */
void registers(u32 pid, u32 out[9]);
__asm__(".text\n"
	"registers:\n"
	"	pushl %ebp\n"
	"	pushl %ebx\n"
	"	pushl %esi\n"
	"	pushl %edi\n"
	"	movl 20(%esp), %ebx\n"
	"	movl $10, %ecx\n"
	"	movl $0x33333333, %edx\n"
	"	movl $0x44444444, %esi\n"
	"	movl $0x55555555, %edi\n"
	"	movl $0x66666666, %ebp\n"
	"	movl $37, %eax\n"
	"	std\n"
	"	stc\n"
	"	int $0x80\n"
	"	pushfl\n"
	"	cld\n"
	"	pushl %eax\n"
	"	movl 32(%esp), %eax\n" /* out */
	"	movl %ebx, 4(%eax)\n"
	"	movl %ecx, 8(%eax)\n"
	"	movl %edx, 12(%eax)\n"
	"	movl %esi, 16(%eax)\n"
	"	movl %edi, 20(%eax)\n"
	"	movl %ebp, 24(%eax)\n"
	"	popl 0(%eax)\n"
	"	popl 28(%eax)\n"
	"	popl %edi\n"
	"	popl %esi\n"
	"	popl %ebx\n"
	"	popl %ebp\n"
	"	ret\n");

static volatile u32 flags_inside;

static void spoil(int sig)
{
	u32 flags;

	(void)sig;
	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags));
	flags_inside = flags;
	hits++;
	__asm__ volatile("movl $1, %%eax\n\tmovl $2, %%ecx\n\tmovl $3, %%edx\n\tmovl $4, %%ebx\n\t"
			 "movl $5, %%esi\n\tmovl $6, %%edi\n\tclc" ::
				 : "eax", "ecx", "edx", "ebx", "esi", "edi", "cc");
}

static void check_registers(u32 sa_flags)
{
	u32 out[9] = {0}, pid = (u32)getpid();

	handle(SIGUSR1, spoil, sa_flags, 0);
	hits = 0;
	registers(pid, out);
	CHECK(hits == 1);
	CHECK(!(flags_inside & 0x400));
	CHECK(out[0] == 0 && out[1] == pid && out[2] == 10 && out[3] == 0x33333333);
	CHECK(out[4] == 0x44444444 && out[5] == 0x55555555 && out[6] == 0x66666666);
	CHECK((out[7] & 0x401) == 0x401);
}

static void test_registers(void)
{
	check_registers(0);
	check_registers(SA_SIGINFO);
}

/* What the handler's arguments are, in both frames, on the stack and in registers. */
struct plain_frame {
	u32 pretcode, sig;
	struct kcontext sc;
	u8 unused[624];
	u32 extramask;
	u8 retcode[8];
};

struct rt_frame {
	u32 pretcode, sig;
	struct kinfo *pinfo;
	struct kucontext *puc;
	struct kinfo info;
	struct kucontext uc;
	u8 retcode[8];
};

u32 entry[4]; /* esp, eax, edx, ecx */
void entered(void);
__asm__(".text\n"
	"entered:\n"
	"	movl %esp, entry\n"
	"	movl %eax, entry+4\n"
	"	movl %edx, entry+8\n"
	"	movl %ecx, entry+12\n"
	"	jmp look\n");

__attribute__((used)) static void look(int sig)
{
	const struct plain_frame *plain = (void *)entry[0];
	const struct rt_frame *rt = (void *)entry[0];

	hits++;
	CHECK(sig == (int)entry[1] && plain->sig == (u32)sig);
	CHECK((entry[0] + 4) % 16 == 0);
	if (sig == SIGUSR1) {
		CHECK(plain->pretcode == (u32)plain->retcode);
		CHECK(!memcmp(plain->retcode, "\x58\xb8\x77\0\0\0\xcd\x80", 8));
		CHECK(entry[2] == 0 && entry[3] == 0);
		CHECK(plain->sc.oldmask == BIT(SIGHUP) && plain->extramask == 1u << 7);
	} else {
		CHECK(rt->pretcode == (u32)rt->retcode);
		CHECK(!memcmp(rt->retcode, "\xb8\xad\0\0\0\xcd\x80", 7));
		CHECK(entry[2] == (u32)&rt->info && entry[3] == (u32)&rt->uc);
		CHECK(rt->pinfo == &rt->info && rt->puc == &rt->uc);
		CHECK(rt->uc.mask[0] == BIT(SIGHUP) && rt->uc.mask[1] == 1u << 7);
		CHECK(rt->uc.mc.esp > (u32)(rt + 1) && rt->uc.mc.eax == 0);
	}
}

static void test_layout(void)
{
	hits = 0;
	handle(SIGUSR1, entered, 0, 0);
	handle(SIGUSR2, entered, SA_SIGINFO, 0);
	set_mask(BIT(SIGHUP) | BIT(40));
	raise_sig(SIGUSR1);
	CHECK(get_mask() == (BIT(SIGHUP) | BIT(40)));
	raise_sig(SIGUSR2);
	CHECK(get_mask() == (BIT(SIGHUP) | BIT(40)));
	set_mask(0);
	CHECK(hits == 2);
}

/* A handler changes where the program goes on, and with what. */
static void go_elsewhere(int sig, struct kinfo *info, struct kucontext *uc)
{
	(void)sig;
	(void)info;
	uc->mc.eax = 4711;
	uc->mask[0] = (u32)BIT(SIGINT);
	uc->mc.eflags |= 0x3000 | 0x20000 | 0x4000; /* IOPL 3, VM, NT */
	uc->mc.eflags &= ~0x200u;		    /* IF */
}

static void test_changes(void)
{
	u32 flags;

	handle(SIGUSR1, go_elsewhere, SA_SIGINFO, 0);
	CHECK(k_kill(getpid(), SIGUSR1) == 4711);
	__asm__ volatile("pushfl\n\tpopl %0" : "=r"(flags));
	CHECK((flags & 0x27200) == 0x200);
	CHECK(get_mask() == BIT(SIGINT));
	set_mask(0);
}

/* ------------------------------------------------------------ nesting */

static void nest(int sig)
{
	depth++;
	if (depth > deepest)
		deepest = depth;
	if (depth < 20 && hits < 30)
		raise_sig(sig == SIGUSR1 ? SIGUSR2 : SIGUSR1);
	depth--;
	hits++;
}

static void test_nesting(void)
{
	hits = deepest = 0;
	handle(SIGUSR1, nest, SA_NODEFER, 0);
	handle(SIGUSR2, nest, SA_NODEFER, 0);
	raise_sig(SIGUSR1);
	CHECK(hits == 20 && deepest == 20 && depth == 0);
	/* Without SA_NODEFER each waits for its own handler to end. */
	hits = deepest = 0;
	handle(SIGUSR1, nest, 0, BIT(SIGUSR2));
	handle(SIGUSR2, nest, 0, BIT(SIGUSR1));
	raise_sig(SIGUSR1);
	CHECK(deepest == 1 && hits == 31);
	handle(SIGUSR1, K_IGN, 0, 0);
	handle(SIGUSR2, K_IGN, 0, 0);
}

/* ------------------------------------------------------------ alternate stacks */

static int k_altstack(const struct kstack *stack, struct kstack *old)
{
	return (int)call4(SYS_sigaltstack, stack, old, 0, 0);
}

static volatile int on_alt;
static struct kstack inside;

static void where(int sig)
{
	struct kstack other = {alt, 0, 4096};
	char here;

	(void)sig;
	on_alt = &here > alt && &here < alt + sizeof(alt);
	CHECK(k_altstack(NULL, &inside) == 0);
	if (on_alt && inside.flags == SS_ONSTACK)
		CHECK_ERRNO(k_altstack(&other, NULL), EPERM);
	hits++;
}

static void test_altstack_call(char *end)
{
	struct kstack stack = {alt, 0, sizeof(alt)}, old;

	CHECK(k_altstack(NULL, &old) == 0);
	CHECK(old.sp == NULL && old.size == 0 && old.flags == SS_DISABLE);
	CHECK(k_altstack(&stack, NULL) == 0 && k_altstack(NULL, &old) == 0);
	CHECK(old.sp == alt && old.size == sizeof(alt) && old.flags == 0);
	stack.size = 2047;
	CHECK_ERRNO(k_altstack(&stack, NULL), ENOMEM);
	stack.flags = 4;
	CHECK_ERRNO(k_altstack(&stack, NULL), EINVAL);
	stack.flags = SS_DISABLE | SS_ONSTACK;
	CHECK_ERRNO(k_altstack(&stack, NULL), EINVAL);
	for (int cut = 0; cut < 12; cut++) {
		CHECK_ERRNO(k_altstack((void *)(end - cut), NULL), EFAULT);
		CHECK_ERRNO(k_altstack(NULL, (void *)(end - cut)), EFAULT);
	}
	CHECK_ERRNO(k_altstack(KERNEL, NULL), EFAULT);
	stack.flags = SS_DISABLE;
	CHECK(k_altstack(&stack, &old) == 0 && old.sp == alt);
	CHECK(k_altstack(NULL, &old) == 0 && old.flags == SS_DISABLE && old.sp == NULL);
}

static void test_altstack(void)
{
	struct kstack stack = {alt, 0, sizeof(alt)}, old;

	CHECK(k_altstack(&stack, NULL) == 0);
	handle(SIGUSR1, where, SA_ONSTACK, 0);
	raise_sig(SIGUSR1);
	CHECK(on_alt && inside.flags == SS_ONSTACK && inside.sp == alt);
	handle(SIGUSR1, where, SA_ONSTACK | SA_SIGINFO, 0);
	raise_sig(SIGUSR1);
	CHECK(on_alt && inside.flags == SS_ONSTACK);
	handle(SIGUSR1, where, 0, 0);
	raise_sig(SIGUSR1);
	CHECK(!on_alt && inside.flags == 0);
	/* Off while its handler runs, and back afterwards. */
	stack.flags = SS_AUTODISARM;
	CHECK(k_altstack(&stack, NULL) == 0);
	handle(SIGUSR1, where, SA_ONSTACK | SA_SIGINFO, 0);
	raise_sig(SIGUSR1);
	CHECK(on_alt && inside.flags == SS_DISABLE);
	CHECK(k_altstack(NULL, &old) == 0 && old.flags == SS_AUTODISARM && old.sp == alt);
	stack.flags = SS_DISABLE;
	CHECK(k_altstack(&stack, NULL) == 0);
	raise_sig(SIGUSR1);
	CHECK(!on_alt);
}

/* ------------------------------------------------------------ faults */

static u32 skip_bytes;

static void fault(int sig, struct kinfo *info, struct kucontext *uc)
{
	(void)sig;
	hits++;
	last_info = *info;
	last_uc = *uc;
	uc->mc.eip += skip_bytes;
	uc->mc.eflags &= ~0x100u;
}

u32 fault_eip; /* of the faulting instruction */

/* One instruction, which the handler of its signal leaves out. */
#define FAULT(sig, bytes, insn, ...)                                                \
	do {                                                                        \
		handle(sig, fault, SA_SIGINFO, 0);                                  \
		skip_bytes = (bytes);                                               \
		hits = 0;                                                           \
		__asm__ volatile("movl $1f, fault_eip\n1: " insn                    \
				 :                                                  \
				 : __VA_ARGS__                                      \
				 : "memory", "cc");                                 \
		CHECK(hits == 1 && last_info.signo == (sig) && last_info.err == 0); \
		handle(sig, K_DFL, 0, 0);                                           \
	} while (0)

static void check_fault(int code, u32 addr, u32 trapno, u32 err)
{
	CHECK(last_info.code == code);
	CHECK(last_info.a == addr);
	CHECK(last_uc.mc.trapno == trapno);
	CHECK(last_uc.mc.err == err);
}

static void test_faults(void)
{
	char *page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = (int)syscall(SYS_open, "/boot/signals", 0, 0, 0, 0, 0);
	int zero = 0;
	static const int limits[2] = {0, 9};

	FAULT(SIGSEGV, 3, ".byte 0xc6, 0x00, 0x01", "a"(BAD)); /* movb $1, (%eax) */
	check_fault(1, (u32)BAD, 14, 6);
	CHECK(last_uc.mc.cr2 == (u32)BAD && last_uc.mc.eip == fault_eip);
	FAULT(SIGSEGV, 3, ".byte 0xc6, 0x00, 0x01", "a"(page));
	check_fault(2, (u32)page, 14, 6 | (last_uc.mc.err & 1));
	FAULT(SIGSEGV, 2, ".byte 0x8a, 0x00", "a"(KERNEL)); /* movb (%eax), %al */
	CHECK(last_info.code == 1 && last_info.a == (u32)KERNEL);
	FAULT(SIGFPE, 2, ".byte 0xf7, 0xf1", "a"(1), "d"(0), "c"(zero)); /* div %ecx */
	check_fault(1, fault_eip, 0, 0);
	CHECK(last_uc.mc.cr2 == (u32)KERNEL); /* of the last page fault */
	FAULT(SIGILL, 2, "ud2", "a"(0));
	check_fault(2, fault_eip, 6, 0);
	FAULT(SIGTRAP, 0, "int3", "a"(0));
	CHECK(last_info.code == SI_KERNEL && last_uc.mc.trapno == 3);
	CHECK(last_uc.mc.eip == fault_eip + 1);
	FAULT(SIGSEGV, 1, "hlt", "a"(0));
	check_fault(SI_KERNEL, 0, 13, 0);
	FAULT(SIGSEGV, 2, "int $14", "a"(0));
	check_fault(SI_KERNEL, 0, 13, 14 * 8 + 2);
	FAULT(SIGSEGV, 2, ".byte 0x62, 0x01", "a"(10), "c"(limits)); /* bound %eax, (%ecx) */
	CHECK(last_info.code == SI_KERNEL && last_uc.mc.trapno == 5);
	FAULT(SIGTRAP, 0, "pushfl\n\torl $0x100, (%%esp)\n\tpopfl\n\tnop", "a"(0));
	CHECK(last_info.code == 2 && last_uc.mc.trapno == 1);
	if (fd >= 0) {
		char *p = mmap(NULL, 1ul << 20, PROT_READ, MAP_PRIVATE, fd, 0);

		FAULT(SIGBUS, 2, ".byte 0x8a, 0x00", "a"(p + (1ul << 20) - 1));
		check_fault(2, (u32)p + (1u << 20) - 1, 14, 4);
		munmap(p, 1ul << 20);
	}
	munmap(page, PAGE);
}

/* ------------------------------------------------------------ the FPU */

static int has_fpu(void)
{
	u16 status = 0x5a5a;

	/* Without an FPU it is SIGFPE: the handler leaves the instruction out. */
	handle(SIGFPE, fault, SA_SIGINFO, 0);
	skip_bytes = 2;
	__asm__ volatile("fninit\n\t.byte 0xdd, 0x38"
			 :
			 : "a"(&status)
			 : "memory"); /* fnstsw (%eax) */
	handle(SIGFPE, K_DFL, 0, 0);
	return status == 0;
}

static int has_sse(void)
{
	u32 a, b, c, d;

	__asm__ volatile("pushfl\n\tpopl %0\n\tmovl %0, %1\n\txorl $0x200000, %0\n\tpushl %0\n\t"
			 "popfl\n\tpushfl\n\tpopl %0\n\txorl %1, %0"
			 : "=&r"(a), "=&r"(b));
	if (!(a & 0x200000))
		return 0;
	__asm__ volatile("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(1));
	return (d & 0x3000000) == 0x3000000;
}

static u16 control_inside, status_inside;
static struct kfpstate saved;
static int change_fpu, saw_fpu;

static void use_fpu(int sig, struct kinfo *info, struct kucontext *uc)
{
	u16 control = 0x0c3f;

	(void)sig;
	(void)info;
	hits++;
	__asm__ volatile("fnstcw %0\n\tfnstsw %1" : "=m"(control_inside), "=m"(status_inside));
	saw_fpu = uc->mc.fpstate != NULL;
	if (saw_fpu) {
		saved = *uc->mc.fpstate;
		CHECK(saved.magic || (u32)uc->mc.fpstate->fx % 16 == 0);
	}
	__asm__ volatile("fldcw %0\n\tfld1\n\tfldpi\n\tfldz" : : "m"(control));
	if (change_fpu) {
		uc->mc.fpstate->cw = 0x0f7f;
		memcpy(uc->mc.fpstate->st[0], "\0\0\0\0\0\0\0\x80\x00\x40", 10); /* 2.0 */
	}
}

/* 1, pi and a control word of its own survive a handler that uses the FPU for itself. */
static void test_fpu(u32 flags)
{
	u16 control = 0x0e7f, after = 0, status = 0;
	double one = 0, pi = 0;
	u64 bits;

	handle(SIGUSR1, use_fpu, flags, 0);
	__asm__ volatile("fninit\n\tfldcw %0\n\tfldpi\n\tfld1" : : "m"(control));
	raise_sig(SIGUSR1);
	__asm__ volatile("fnstcw %0\n\tfnstsw %1\n\tfstpl %2\n\tfstpl %3"
			 : "=m"(after), "=m"(status), "=m"(one), "=m"(pi));
	CHECK(hits && after == control && (status & 0x3800) == 0x3000);
	memcpy(&bits, &one, 8);
	CHECK(bits == 0x3ff0000000000000ull);
	memcpy(&bits, &pi, 8);
	CHECK(bits == 0x400921fb54442d18ull);
	CHECK(control_inside == 0x037f && status_inside == 0); /* the handler's is fresh */
	CHECK(saw_fpu);
	CHECK((u16)saved.cw == control && (u16)saved.sw == 0x3000);
	CHECK(saved.status == 0x3000 && (u16)saved.tag == 0x0fff);
	CHECK(!memcmp(saved.st[0], "\0\0\0\0\0\0\0\x80\xff\x3f", 10));
	CHECK(saved.magic == (has_sse() ? 0 : 0xffff) || saved.magic == 0);
	if (saved.magic == 0)
		CHECK(saved.fx[4] == 0xc0 && !memcmp(saved.fx + 32, saved.st[0], 10));
}

static void test_fpu_changed(void)
{
	u16 control = 0;
	double top = 0;
	u64 bits;

	change_fpu = 1;
	__asm__ volatile("fninit\n\tfld1");
	raise_sig(SIGUSR1);
	change_fpu = 0;
	__asm__ volatile("fnstcw %0\n\tfstpl %1" : "=m"(control), "=m"(top));
	memcpy(&bits, &top, 8);
	CHECK(control == 0x0f7f && bits == 0x4000000000000000ull);
	__asm__ volatile("fninit");
}

/* The code says what went wrong: 1 / 0 and the root of -1, each with only its own bit unmasked. */
static void test_fpu_errors(void)
{
	u16 div_control = 0x037b, invalid_control = 0x037e;

	__asm__ volatile("fninit\n\tfldcw %0\n\tfldz\n\tfld1\n\t.byte 0xd8, 0xf1" /* fdiv %st(1) */
			 :
			 : "m"(div_control));
	FAULT(SIGFPE, 1, "fwait", "a"(0));
	check_fault(3, fault_eip, 16, 0);
	__asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfchs\n\tfsqrt" : : "m"(invalid_control));
	FAULT(SIGFPE, 1, "fwait", "a"(0));
	check_fault(7, fault_eip, 16, 0);
	__asm__ volatile("fninit");
}

static u32 mxcsr_wanted, mxcsr_inside;

static void use_sse(int sig, struct kinfo *info, struct kucontext *uc)
{
	(void)sig;
	(void)info;
	__asm__ volatile(".byte 0x0f, 0xae, 0x18" : : "a"(&mxcsr_inside) : "memory"); /* stmxcsr */
	__asm__ volatile(".byte 0x0f, 0x57, 0xc0"); /* xorps %xmm0, %xmm0 */
	if (mxcsr_wanted)
		memcpy(uc->mc.fpstate->fx + 24, &mxcsr_wanted, 4);
}

static void test_sse(void)
{
	static u32 in[4] __attribute__((aligned(16))) = {1, 2, 3, 4};
	static u32 out[4] __attribute__((aligned(16)));
	u32 mxcsr = 0x3f80;

	handle(SIGUSR1, use_sse, SA_SIGINFO, 0);
	__asm__ volatile(".byte 0x0f, 0xae, 0x10" : : "a"(&mxcsr)); /* ldmxcsr (%eax) */
	__asm__ volatile(".byte 0x0f, 0x28, 0x00" : : "a"(in));	    /* movaps (%eax), %xmm0 */
	raise_sig(SIGUSR1);
	__asm__ volatile(".byte 0x0f, 0x29, 0x00" : : "a"(out) : "memory");
	__asm__ volatile(".byte 0x0f, 0xae, 0x18" : : "a"(&mxcsr) : "memory");
	CHECK(!memcmp(in, out, 16) && mxcsr == 0x3f80 && mxcsr_inside == 0x1f80);
	mxcsr_wanted = 0xffff5f80; /* bits that no processor has: cleared, not a fault */
	raise_sig(SIGUSR1);
	__asm__ volatile(".byte 0x0f, 0xae, 0x18" : : "a"(&mxcsr) : "memory");
	CHECK((mxcsr & 0xffff0000) == 0 && (mxcsr & 0x7f80) == 0x5f80);
	mxcsr = 0x1f80;
	__asm__ volatile(".byte 0x0f, 0xae, 0x10" : : "a"(&mxcsr));
}

/* A handler that is the first to use the FPU leaves nothing behind. */
static void test_fresh_fpu(void)
{
	u16 control = 0, status = 1;

	handle(SIGUSR1, use_fpu, SA_SIGINFO, 0);
	saw_fpu = 1;
	raise_sig(SIGUSR1);
	CHECK(!saw_fpu);
	__asm__ volatile("fnstcw %0\n\tfnstsw %1" : "=m"(control), "=m"(status));
	CHECK(control == 0x037f && status == 0);
}

int main(int argc, char **argv)
{
	char *end = edge();

	if (argc > 1 && !strcmp(argv[1], "fpu")) {
		test_fresh_fpu();
		return 0;
	}
	test_registers();
	test_layout();
	test_changes();
	test_nesting();
	test_altstack_call(end);
	test_altstack();
	test_faults();
	if (has_fpu()) {
		test_fpu(SA_SIGINFO);
		test_fpu(SA_SIGINFO | SA_ONSTACK);
		test_fpu_changed();
		test_fpu_errors();
	}
	if (has_sse())
		test_sse();
	return 0;
}
