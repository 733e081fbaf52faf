/*
 * sigreturn [SEED] - hostile frames: sigreturn is called thousands of times on frames that no
 * kernel has made, with random and chosen values. Nothing may happen that the program could not
 * have done otherwise: it never runs with more rights than before, and the kernel lives.
 *
 * Where it goes wrong the program gets a signal, whose handler, on the alternate stack, leads back
 * to safe ground; where it goes well, it lands at `landed`.
 */
#include "tests/kernel/programs/sig.h"

#define ROUNDS 6000

static u32 seed = 1;
static char alt[32768];
static char arena[8192] __attribute__((aligned(64)));
static volatile int faults;
volatile int landings;

u32 safe_esp, seen_cs, seen_flags;

static u32 rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

/*
 * void jump(void *esp, int number): sigreturn or rt_sigreturn with this stack pointer. Comes back
 * by way of `landed`, with whatever is in the registers.
 */
void jump(void *esp, int number);
void landed(void);
void landed_safe(void);
__asm__(".text\n"
	"jump:\n"
	"	pushl %ebp\n"
	"	pushl %ebx\n"
	"	pushl %esi\n"
	"	pushl %edi\n"
	"	movl %esp, safe_esp\n"
	"	movl 24(%esp), %eax\n"
	"	movl 20(%esp), %esp\n"
	"	int $0x80\n"
	"	ud2\n"
	"landed:\n" /* ds may be nothing, but cs can be read through */
	"	movl %cs:safe_esp, %esp\n"
	"	movl $0x7b, %eax\n"
	"	movl %eax, %ss\n"
	"	movl %eax, %ds\n"
	"	movl %eax, %es\n"
	"	pushfl\n"
	"	popl seen_flags\n"
	"	pushl $0x202\n"
	"	popfl\n"
	"	movw %cs, seen_cs\n"
	"	incl landings\n"
	"landed_safe:\n"
	"	xorl %eax, %eax\n"
	"	movl %eax, %fs\n"
	"	movl %eax, %gs\n"
	"	popl %edi\n"
	"	popl %esi\n"
	"	popl %ebx\n"
	"	popl %ebp\n"
	"	ret\n");

static void rescue(int sig, struct kinfo *info, struct kucontext *uc)
{
	struct kcontext *mc = &uc->mc;

	(void)sig;
	(void)info;
	faults++;
	seen_cs = mc->cs & 0xffff;
	seen_flags = mc->eflags;
	mc->eip = (u32)landed_safe;
	mc->esp = safe_esp;
	mc->ds = mc->es = mc->ss = 0x7b;
	mc->cs = 0x73;
	mc->fs = mc->gs = 0;
	mc->eflags = 0x202;
}

/*
 * Selectors: right ones, the kernel's, the TSS's, of the LDT, beyond the table, null; with every
 * RPL.
 */
static u32 selector(u32 good)
{
	static const u16 odd[] = {0,	1,    2,     3,	     0x60,   0x61,  0x62, 0x63, 0x68,
				  0x6b, 0x73, 0x7b,  0x70,   0x78,   0x33,  0x3b, 0x43, 0x80,
				  0x83, 0x88, 0x8b,  0xf8,   0xfb,   0x07,  0x0f, 0x77, 0x7f,
				  0x67, 0x08, 0x100, 0xffff, 0xfff8, 0x7fff};

	switch (rnd() % 4) {
	case 0:
		return odd[rnd() % (sizeof(odd) / sizeof(*odd))] | rnd() << 16;
	case 1:
		return rnd() % 8 ? good : rnd();
	default:
		return good;
	}
}

static u32 address(u32 good)
{
	static const u32 odd[] = {0,	      1,	  0x1000,     0xbfffffff,
				  0xbffffffc, 0xc0000000, 0xc0100000, 0xffffffff,
				  0xfffffffc, 0x80000000, 0x30000000, 0xfee00000};

	switch (rnd() % 8) {
	case 0:
		return odd[rnd() % (sizeof(odd) / sizeof(*odd))];
	case 1:
		return rnd() % 4 ? good : rnd();
	default:
		return good;
	}
}

static void fill_fpstate(struct kfpstate *fp)
{
	u32 *words = (u32 *)fp;

	for (unsigned int i = 0; i < sizeof(*fp) / 4; i++)
		words[i] = rnd();
	if (rnd() % 2)
		fp->magic = (u16)(rnd() % 2 ? 0 : 0xffff);
}

static void fill_context(struct kcontext *mc)
{
	u32 *words = (u32 *)mc;
	struct kfpstate *fp = (void *)(arena + 4096 + (rnd() % 4 ? 0 : rnd() % 64));

	for (unsigned int i = 0; i < sizeof(*mc) / 4; i++)
		words[i] = rnd();
	mc->gs = selector(0);
	mc->fs = selector(0);
	mc->es = selector(0x7b);
	mc->ds = selector(0x7b);
	mc->cs = selector(0x73);
	mc->ss = selector(0x7b);
	mc->eip = address((u32)landed);
	mc->esp = address(safe_esp);
	fill_fpstate(fp);
	mc->fpstate = rnd() % 2 ? fp : (void *)(rnd() % 2 ? 0 : address(0));
}

/* The signals that bring it back must not be blocked, or it would rightly end. */
static u64 mask(void)
{
	return ((u64)rnd() << 32 | rnd()) &
	       ~(BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGFPE) | BIT(SIGTRAP));
}

/* What the alternate stack was is kept: that is where the way back begins. */
static void fill_stack(struct kstack *stack)
{
	*stack = (struct kstack){(void *)rnd(), rnd() | 4, rnd()};
	if (rnd() % 2)
		*stack = (struct kstack){alt, 0, sizeof(alt)};
}

static void rt_round(void)
{
	struct {
		u32 sig;
		void *pinfo, *puc;
		struct kinfo info;
		struct kucontext uc;
	} *frame = (void *)(arena + 1024 + rnd() % 8);
	u64 bits = mask();

	fill_context(&frame->uc.mc);
	fill_stack(&frame->uc.stack);
	memcpy(frame->uc.mask, &bits, 8);
	jump(frame, SYS_rt_sigreturn);
}

static void plain_round(void)
{
	struct {
		struct kcontext mc;
		u8 unused[624];
		u32 extramask;
	} *frame = (void *)(arena + 1024 + rnd() % 8);
	u64 bits = mask();

	fill_context(&frame->mc);
	frame->mc.oldmask = (u32)bits;
	frame->extramask = (u32)(bits >> 32);
	jump(frame, SYS_sigreturn);
}

static void nowhere_round(void)
{
	jump((void *)address(rnd()), rnd() % 2 ? SYS_sigreturn : SYS_rt_sigreturn);
}

static void round_of(int i)
{
	landings = faults = 0;
	if (i % 16 == 15)
		nowhere_round();
	else if (i % 2)
		rt_round();
	else
		plain_round();
	CHECK(landings + faults >= 1);
	CHECK((seen_cs & 3) == 3);
	CHECK((seen_flags & 0x3000) == 0); /* IOPL */
	CHECK(seen_flags & 0x200);	   /* IF */
	CHECK(!(seen_flags & 0x1a0000));   /* VM, VIF, VIP */
}

int main(int argc, char **argv)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
	struct kstack stack = {alt, 0, sizeof(alt)};
	int well = 0, badly = 0;
	u64 kept;

	if (argc > 1)
		seed = (u32)atoi(argv[1]) * 2 + 1;
	printf("# seed %u\n", seed);
	CHECK(call4(SYS_sigaltstack, &stack, NULL, 0, 0) == 0);
	for (int i = 0; i < 5; i++)
		handle(signals[i], rescue, SA_SIGINFO | SA_ONSTACK, 0);
	for (int i = 0; i < ROUNDS; i++) {
		round_of(i);
		kept = get_mask();
		CHECK(!(kept & (BIT(SIGKILL) | BIT(SIGSTOP))));
		well += landings != 0;
		badly += faults != 0;
	}
	printf("# %d landed, %d were refused\n", well, badly);
	CHECK(well > ROUNDS / 20 && badly > ROUNDS / 20);
	return 0;
}
