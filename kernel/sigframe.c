/*
 * Signal frames: how a program's own function gets to run, and how the program goes on
 * afterwards as if nothing had happened.
 *
 *	the program's stack, or the alternate one
 *	+----------------------------+  <- esp when the signal came
 *	| FPU state, if it has one   |
 *	+----------------------------+
 *	| return code (8 bytes)      |  mov $__NR_rt_sigreturn, %eax; int $0x80
 *	| ucontext: all registers,   |
 *	|   mask, alternate stack    |
 *	| siginfo_t                  |
 *	| &ucontext, &siginfo, sig   |  the handler's arguments
 *	| return address             |  <- esp in the handler
 *	+----------------------------+
 *
 * The handler returns into the restorer that sigaction gave, or into the return code, which
 * both call sigreturn; this reads the frame back. By then the program may have written
 * whatever it likes there, and it may call sigreturn without any signal: every value is
 * taken as hostile. Selectors get RPL 3, of EFLAGS only the user's bits are taken, and what iret
 * or a segment load refuses nevertheless becomes a trap of the program's own (entry.asm).
 *
 * A frame is built in the kernel's memory and copied in one piece: either it is all there, or
 * the program ends with SIGSEGV.
 */
#include "kernel/sigframe.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/segment.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/syscall_signal.h"

#define FRAME_ALIGN 16ul

/* What a program may change of EFLAGS: arithmetic, DF, TF, RF, AC. */
#define EFLAGS_RF   0x00010000ul
#define EFLAGS_USER (0x8d5ul | X86_EFLAGS_TF | X86_EFLAGS_DF | EFLAGS_RF | X86_EFLAGS_AC)

_Static_assert(sizeof(struct ucontext) == 116, "the ABI's size");
_Static_assert(offsetof(struct rt_sigframe, uc) == 144, "the ABI's layout");
_Static_assert(offsetof(struct sigframe, extramask) == 720, "the ABI's layout");

/* popl %eax; movl $119, %eax; int $0x80 */
static const u8 sigreturn_code[8] = {0x58, 0xb8, 119, 0, 0, 0, 0xcd, 0x80};
/* movl $173, %eax; int $0x80 */
static const u8 rt_sigreturn_code[8] = {0xb8, 173, 0, 0, 0, 0xcd, 0x80};

/* ------------------------------------------------------------ the alternate stack */

static bool within_sig_stack(unsigned long sp)
{
	return sp > current->sas_ss_sp && sp - current->sas_ss_sp <= current->sas_ss_size;
}

/* With SS_AUTODISARM it is off while a handler runs on it: nobody is "on" it then. */
bool on_sig_stack(unsigned long sp)
{
	return !(current->sas_ss_flags & SS_AUTODISARM) && within_sig_stack(sp);
}

static u32 sig_stack_flags(unsigned long sp)
{
	if (!current->sas_ss_size)
		return SS_DISABLE;
	return (on_sig_stack(sp) ? SS_ONSTACK : 0) | current->sas_ss_flags;
}

static struct sigaltstack sig_stack(unsigned long sp)
{
	return (struct sigaltstack){current->sas_ss_sp, sig_stack_flags(sp), current->sas_ss_size};
}

int do_sigaltstack(const struct sigaltstack *stack, struct sigaltstack *old, unsigned long sp)
{
	u32 mode;

	if (old)
		*old = sig_stack(sp);
	if (!stack)
		return 0;
	if (on_sig_stack(sp))
		return -EPERM;
	mode = stack->ss_flags & ~SS_AUTODISARM;
	if (mode != 0 && mode != SS_ONSTACK && mode != SS_DISABLE)
		return -EINVAL;
	if (mode != SS_DISABLE && stack->ss_size < MINSIGSTKSZ)
		return -ENOMEM;
	current->sas_ss_flags = stack->ss_flags & SS_AUTODISARM;
	current->sas_ss_sp = mode == SS_DISABLE ? 0 : stack->ss_sp;
	current->sas_ss_size = mode == SS_DISABLE ? 0 : stack->ss_size;
	return 0;
}

/* ------------------------------------------------------------ making a frame */

/*
 * The stack that the handler gets; 0: none. Who has run off the end of the alternate stack
 * does not get another frame at its top, over the frames that are still in use.
 */
static unsigned long frame_stack(const struct pt_regs *regs, const struct ksignal *ksig)
{
	if ((ksig->action.sa_flags & SA_ONSTACK) && current->sas_ss_size &&
	    !on_sig_stack(regs->esp))
		return current->sas_ss_sp + current->sas_ss_size;
	return regs->esp;
}

/* The lower end of a frame of `size` bytes; the FPU's part goes above it. 0: no room. */
static unsigned long place_frame(const struct pt_regs *regs, const struct ksignal *ksig,
				 size_t size, unsigned long *fpstate)
{
	bool nested = on_sig_stack(regs->esp);
	unsigned long sp = frame_stack(regs, ksig), top = sp;

	*fpstate = fpu_frame_place(&sp);
	/* At a function's entry esp + 4 is aligned (System V ABI, Intel386 supplement). */
	sp = ((sp - size + 4) & ~(FRAME_ALIGN - 1)) - 4;
	if (sp >= top || (nested && !within_sig_stack(sp)))
		return 0;
	return sp;
}

static void fill_context(struct sigcontext *sc, const struct pt_regs *regs,
			 const struct ksignal *ksig, unsigned long fpstate)
{
	const struct signal_info *trap = &current->signal_note;

	*(u32 *)&sc->gs = *(u32 *)&sc->fs = 0;
	save_segment(gs, sc->gs);
	save_segment(fs, sc->fs);
	*(u32 *)&sc->es = (u16)regs->xes;
	*(u32 *)&sc->ds = (u16)regs->xds;
	sc->edi = regs->edi;
	sc->esi = regs->esi;
	sc->ebp = regs->ebp;
	sc->esp = sc->esp_at_signal = regs->esp;
	sc->ebx = regs->ebx;
	sc->edx = regs->edx;
	sc->ecx = regs->ecx;
	sc->eax = regs->eax;
	sc->trapno = trap->trapno;
	sc->err = trap->error_code;
	sc->eip = regs->eip;
	*(u32 *)&sc->cs = (u16)regs->xcs;
	sc->eflags = regs->eflags;
	*(u32 *)&sc->ss = (u16)regs->xss;
	sc->fpstate = fpstate;
	sc->oldmask = (u32)ksig->oldset.bits;
	sc->cr2 = trap->cr2;
}

static void enter_handler(struct pt_regs *regs, const struct ksignal *ksig, unsigned long frame)
{
	regs->esp = frame;
	regs->eip = ksig->action.sa_handler;
	regs->eax = (unsigned long)ksig->sig;
	regs->xds = regs->xes = regs->xss = USER_DS;
	regs->xcs = USER_CS;
	regs->eflags &= ~(X86_EFLAGS_DF | X86_EFLAGS_TF | EFLAGS_RF);
}

static int setup_plain_frame(struct pt_regs *regs, const struct ksignal *ksig)
{
	unsigned long fpstate, at = place_frame(regs, ksig, sizeof(struct sigframe), &fpstate);
	struct sigframe __user *to = (void __user *)at;
	struct {
		u32 pretcode, sig;
		struct sigcontext sc;
	} head;
	struct {
		u32 extramask;
		u8 retcode[8];
	} tail;

	if (!at || (fpstate && fpu_frame_save(fpstate)))
		return -EFAULT;
	head.pretcode =
		ksig->action.sa_flags & SA_RESTORER ? ksig->action.sa_restorer : (u32)&to->retcode;
	head.sig = (u32)ksig->sig;
	fill_context(&head.sc, regs, ksig, fpstate);
	tail.extramask = (u32)(ksig->oldset.bits >> 32);
	memcpy(tail.retcode, sigreturn_code, sizeof(tail.retcode));
	if (copy_to_user(to, &head, sizeof(head)) ||
	    copy_to_user(&to->extramask, &tail, sizeof(tail)))
		return -EFAULT;
	enter_handler(regs, ksig, at);
	regs->ecx = regs->edx = 0;
	return 0;
}

static int setup_rt_frame(struct pt_regs *regs, const struct ksignal *ksig)
{
	unsigned long fpstate, at = place_frame(regs, ksig, sizeof(struct rt_sigframe), &fpstate);
	struct rt_sigframe __user *to = (void __user *)at;
	struct rt_sigframe frame;

	if (!at || (fpstate && fpu_frame_save(fpstate)))
		return -EFAULT;
	frame.pretcode =
		ksig->action.sa_flags & SA_RESTORER ? ksig->action.sa_restorer : (u32)&to->retcode;
	frame.sig = (u32)ksig->sig;
	frame.pinfo = (u32)&to->info;
	frame.puc = (u32)&to->uc;
	frame.info = ksig->info;
	frame.uc.uc_flags = frame.uc.uc_link = 0;
	frame.uc.uc_stack = sig_stack(regs->esp);
	fill_context(&frame.uc.uc_mcontext, regs, ksig, fpstate);
	frame.uc.uc_sigmask = ksig->oldset;
	memcpy(frame.retcode, rt_sigreturn_code, sizeof(frame.retcode));
	if (copy_to_user(to, &frame, sizeof(frame)))
		return -EFAULT;
	if (unlikely(current->sas_ss_flags & SS_AUTODISARM))
		current->sas_ss_sp = current->sas_ss_size = current->sas_ss_flags = 0;
	enter_handler(regs, ksig, at);
	regs->edx = (u32)&to->info;
	regs->ecx = (u32)&to->uc;
	return 0;
}

int setup_frame(struct pt_regs *regs, const struct ksignal *ksig)
{
	if (ksig->action.sa_flags & SA_SIGINFO)
		return setup_rt_frame(regs, ksig);
	return setup_plain_frame(regs, ksig);
}

/* ------------------------------------------------------------ sigreturn */

/* No selector may be better than the program itself; the null selector stays one. */
static unsigned long user_selector(u16 selector)
{
	return selector & ~3u ? selector | 3u : 0;
}

static int restore_context(struct pt_regs *regs, const struct sigcontext *sc)
{
	load_segment(gs, user_selector(sc->gs));
	load_segment(fs, user_selector(sc->fs));
	regs->xes = user_selector(sc->es);
	regs->xds = user_selector(sc->ds);
	regs->edi = sc->edi;
	regs->esi = sc->esi;
	regs->ebp = sc->ebp;
	regs->esp = sc->esp;
	regs->ebx = sc->ebx;
	regs->edx = sc->edx;
	regs->ecx = sc->ecx;
	regs->eax = sc->eax;
	regs->eip = sc->eip;
	regs->xcs = sc->cs | 3u;
	regs->xss = sc->ss | 3u;
	regs->eflags = (regs->eflags & ~EFLAGS_USER) | (sc->eflags & EFLAGS_USER);
	regs->orig_eax = (unsigned long)-1; /* not a call that could be restarted */
	current->restart.fn = NULL;
	return fpu_frame_restore(sc->fpstate);
}

/* A member of a frame, which may lie anywhere: also across the end of the address space. */
static unsigned long read_frame(void *to, unsigned long frame, size_t offset, size_t size)
{
	return copy_from_user(to, (const void __user *)(frame + offset), size);
}

static long bad_frame(void)
{
	force_sig(SIGSEGV);
	return 0;
}

long sys_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	/* The return took pretcode off the stack, the return code the signal's number. */
	unsigned long frame = regs->esp - 8;
	struct sigcontext sc;
	sigset_t mask;
	u32 extramask;

	if (read_frame(&sc, frame, offsetof(struct sigframe, sc), sizeof(sc)) ||
	    read_frame(&extramask, frame, offsetof(struct sigframe, extramask), sizeof(extramask)))
		return bad_frame();
	mask.bits = (u64)extramask << 32 | sc.oldmask;
	set_current_blocked(mask);
	if (restore_context(regs, &sc))
		return bad_frame();
	return (long)regs->eax;
}

long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct ucontext uc;

	if (read_frame(&uc, regs->esp - 4, offsetof(struct rt_sigframe, uc), sizeof(uc)))
		return bad_frame();
	set_current_blocked(uc.uc_sigmask);
	if (restore_context(regs, &uc.uc_mcontext))
		return bad_frame();
	do_sigaltstack(&uc.uc_stack, NULL, regs->esp); /* as it was; else it stays as it is */
	return (long)regs->eax;
}
