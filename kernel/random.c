/*
 * Random bytes: the ChaCha20 block function (RFC 8439, 2.3) over a key that is replaced by part of
 * its own output at each use, so that what was given out cannot be computed from what
 * is in memory later. Whatever is hard to foresee is mixed into the key: cycle
 * counts at boot and at interrupts, the date, and the processor's own generator if it has one.
 *
 * Locks: random_lock, interrupts off, covers the key.
 */
#include "kernel/random.h"

#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/lib/string.h"

#define KEY_WORDS   8
#define BLOCK_WORDS 16
#define BOOT_ROUNDS 64

static DEFINE_SPINLOCK(random_lock);
static u32 key[KEY_WORDS];
static u64 blocks; /* the counter of the block function */

static u32 rotl(u32 x, unsigned int n)
{
	return x << n | x >> (32 - n);
}

static void quarter_round(u32 *a, u32 *b, u32 *c, u32 *d)
{
	*a += *b;
	*d = rotl(*d ^ *a, 16);
	*c += *d;
	*b = rotl(*b ^ *c, 12);
	*a += *b;
	*d = rotl(*d ^ *a, 8);
	*c += *d;
	*b = rotl(*b ^ *c, 7);
}

/* One block of output from the key and the counter, which moves on. */
static void chacha20_block(u32 out[BLOCK_WORDS])
{
	const u32 start[BLOCK_WORDS] = {
		0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, /* "expand 32-byte k" */
		key[0],	    key[1],	key[2],	    key[3],	 key[4],
		key[5],	    key[6],	key[7],	    (u32)blocks, (u32)(blocks >> 32),
		0,	    0,
	};
	u32 *x = out;

	memcpy(x, start, sizeof(start));
	for (unsigned int i = 0; i < 10; i++) {
		for (unsigned int col = 0; col < 4; col++)
			quarter_round(&x[col], &x[4 + col], &x[8 + col], &x[12 + col]);
		for (unsigned int d = 0; d < 4; d++)
			quarter_round(&x[d], &x[4 + (d + 1) % 4], &x[8 + (d + 2) % 4],
				      &x[12 + (d + 3) % 4]);
	}
	for (unsigned int i = 0; i < BLOCK_WORDS; i++)
		x[i] += start[i];
	blocks++;
}

/* Half of a block becomes the next key, the other half is for the caller. random_lock is held. */
static void next_half(u32 half[KEY_WORDS])
{
	u32 block[BLOCK_WORDS];

	chacha20_block(block);
	memcpy(key, block, sizeof(key));
	memcpy(half, block + KEY_WORDS, sizeof(key));
	memset(block, 0, sizeof(block));
}

void get_random_bytes(void *buf, size_t len)
{
	u8 *to = buf;

	while (len) {
		size_t n = min(len, sizeof(key));
		u32 half[KEY_WORDS];
		unsigned long flags;

		spin_lock_irqsave(&random_lock, flags);
		key[0] ^= (u32)ktime_get_ns();
		next_half(half);
		spin_unlock_irqrestore(&random_lock, flags);
		memcpy(to, half, n);
		to += n;
		len -= n;
	}
}

u32 get_random_u32(void)
{
	u32 word;

	get_random_bytes(&word, sizeof(word));
	return word;
}

void add_randomness(const void *data, size_t len)
{
	const u8 *from = data;
	unsigned long flags;

	spin_lock_irqsave(&random_lock, flags);
	while (len) {
		size_t n = min(len, sizeof(key));
		u32 half[KEY_WORDS];

		for (size_t i = 0; i < n; i++)
			((u8 *)key)[i] ^= from[i];
		next_half(half); /* and so the key changes in all its bits */
		from += n;
		len -= n;
	}
	spin_unlock_irqrestore(&random_lock, flags);
}

/* RDRAND (SDM vol. 1, 7.3.17): carry says whether there was a number. */
static bool rdrand(u32 *word)
{
	bool ok;

	__asm__ volatile("rdrand %0" : "=r"(*word), "=@ccc"(ok));
	return ok;
}

void random_init(void)
{
	u64 now = wall_clock_at_boot();

	add_randomness(&now, sizeof(now));
	for (unsigned int i = 0; i < BOOT_ROUNDS; i++) {
		u32 hardware = 0;

		now = ktime_get_ns();
		if (boot_cpu_has(X86_FEATURE_TSC))
			now ^= rdtsc();
		if (boot_cpu_has(X86_FEATURE_RDRAND) && rdrand(&hardware))
			add_randomness(&hardware, sizeof(hardware));
		add_randomness(&now, sizeof(now));
	}
}
