/*
 * The FPU in signal frames.
 *
 *	address ->	+------------------------+
 *			| FNSAVE's image    108  |  registers, 10 bytes each, and the x87's words
 *			| status, magic       4  |
 *			+------------------------+  aligned to 64: FXRSTOR by the program works
 *			| FXSAVE's image    512  |  where the processor has FXSR
 *			+------------------------+
 *
 * A processor with FXSR keeps its state in FXSAVE's layout; the first part is made from it, for
 * programs that know nothing newer. On the way back the x87 is taken from the first part,
 * SSE from the second: that is how Linux does it, so a handler may change either.
 *
 * FXRSTOR faults on bits of MXCSR that the processor does not know, and it runs in the kernel:
 * they are cleared before anything else can happen to the task.
 */
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/lib/string.h"
#include "kernel/sigframe.h"
#include "kernel/task_fpu.h"

#define FX_ALIGN 64ul

/* FXSAVE's image (SDM vol. 1, table 10-2). */
struct fxsave {
	u16 cw, sw;
	u8 tag; /* one bit for each register: it is not empty */
	u8 reserved;
	u16 opcode;
	u32 ip;
	u16 cs, reserved2;
	u32 dp;
	u16 ds, reserved3;
	u32 mxcsr, mxcsr_mask;
	u8 st[8][16];
	u8 rest[352];
};

_Static_assert(sizeof(struct fxsave) == FPU_STATE_MAX, "FXSAVE's size");

/* Values of the two tag bits of a register (SDM vol. 1, 8.1.7). */
#define TAG_VALID   0u
#define TAG_ZERO    1u
#define TAG_SPECIAL 2u
#define TAG_EMPTY   3u

/* What FNSAVE would say about a register: a number, zero, or something else. */
static unsigned int tag_of(const u8 st[10])
{
	unsigned int exponent = ((unsigned int)st[9] << 8 | st[8]) & 0x7fff;
	u64 mantissa;

	memcpy(&mantissa, st, sizeof(mantissa));
	if (exponent == 0x7fff)
		return TAG_SPECIAL;
	if (!exponent && !mantissa)
		return TAG_ZERO;
	return exponent && mantissa >> 63 ? TAG_VALID : TAG_SPECIAL;
}

/* Tags name physical registers, the images lie in the order of the stack: ST(0) first. */
static u32 expand_tags(const struct fxsave *fx)
{
	unsigned int top = fx->sw >> 11 & 7;
	u32 tags = 0;

	for (unsigned int i = 0; i < 8; i++) {
		unsigned int tag = fx->tag & 1u << i ? tag_of(fx->st[(i - top) & 7]) : TAG_EMPTY;

		tags |= tag << (2 * i);
	}
	return tags;
}

static u8 shrink_tags(u32 tags)
{
	u8 used = 0;

	for (unsigned int i = 0; i < 8; i++)
		if ((tags >> (2 * i) & 3) != TAG_EMPTY)
			used |= (u8)(1u << i);
	return used;
}

static void legacy_from_fx(struct fpstate_legacy *legacy, const struct fxsave *fx)
{
	legacy->cw = fx->cw | 0xffff0000u;
	legacy->sw = fx->sw | 0xffff0000u;
	legacy->tag = expand_tags(fx) | 0xffff0000u;
	legacy->ipoff = fx->ip;
	legacy->cssel = fx->cs | (u32)fx->opcode << 16;
	legacy->dataoff = fx->dp;
	legacy->datasel = fx->ds;
	for (unsigned int i = 0; i < 8; i++)
		memcpy(legacy->st[i], fx->st[i], sizeof(legacy->st[i]));
	legacy->magic = FPSTATE_FXSR;
}

static void fx_from_legacy(struct fxsave *fx, const struct fpstate_legacy *legacy)
{
	fx->cw = (u16)legacy->cw;
	fx->sw = (u16)legacy->sw;
	fx->tag = shrink_tags(legacy->tag);
	fx->ip = legacy->ipoff;
	fx->cs = (u16)legacy->cssel;
	fx->opcode = (u16)(legacy->cssel >> 16);
	fx->dp = legacy->dataoff;
	fx->ds = (u16)legacy->datasel;
	for (unsigned int i = 0; i < 8; i++)
		memcpy(fx->st[i], legacy->st[i], sizeof(legacy->st[i]));
}

unsigned long fpu_frame_place(unsigned long *sp)
{
	if (!current->thread.fpu)
		return 0;
	if (fpu_has_fxsr())
		*sp = ((*sp - sizeof(struct fxsave)) & ~(FX_ALIGN - 1));
	*sp -= sizeof(struct fpstate_legacy);
	return *sp;
}

int fpu_frame_save(unsigned long address)
{
	struct fpstate_legacy __user *to = (void __user *)address;
	struct fpu_state *state = task_fpu_sync();
	struct fpstate_legacy legacy = {.magic = FPSTATE_LEGACY};

	if (fpu_has_fxsr())
		legacy_from_fx(&legacy, (const struct fxsave *)state);
	else
		memcpy(&legacy, state, fpu_state_size());
	legacy.status = (u16)legacy.sw;
	if (copy_to_user(to, &legacy, sizeof(legacy)))
		return -EFAULT;
	if (fpu_has_fxsr() && copy_to_user(to + 1, state, sizeof(struct fxsave)))
		return -EFAULT;
	fpu_state_init(state);
	return 0;
}

/* Both parts, straight into the area: the task does not use its FPU meanwhile. */
static int read_state(struct fpu_state *state, const struct fpstate_legacy __user *from)
{
	struct fxsave *fx = (struct fxsave *)state;
	struct fpstate_legacy legacy;
	unsigned long missing;

	if (copy_from_user(&legacy, from, sizeof(legacy)))
		return -EFAULT;
	if (!fpu_has_fxsr()) {
		memcpy(state, &legacy, fpu_state_size());
		return 0;
	}
	missing = copy_from_user(fx, from + 1, sizeof(*fx));
	fx->mxcsr &= fpu_mxcsr_mask();
	fx_from_legacy(fx, &legacy);
	return missing ? -EFAULT : 0;
}

int fpu_frame_restore(unsigned long address)
{
	struct fpu_state *state;
	int err;

	if (!address) {
		if (current->thread.fpu)
			task_fpu_free();
		return 0;
	}
	if (!fpu_present())
		return -EFAULT;
	state = task_fpu_get();
	if (!state)
		return -ENOMEM;
	err = read_state(state, (const struct fpstate_legacy __user *)address);
	if (err)
		fpu_state_init(state);
	return err;
}
