/* What the keys of a PC keyboard mean: scan code set 1, US layout, Linux's sequences. */
#ifndef FOLIO_DRIVERS_KEYMAP_H
#define FOLIO_DRIVERS_KEYMAP_H

#include "kernel/lib/compiler.h"

#define KEY_CODES 128u /* a scan code without its release bit */

/* Meanings above ASCII. */
enum key_meaning {
	KEY_NONE = 0,
	KEY_F1 = 0x80, /* twelve of them */
	KEY_HOME = KEY_F1 + 12,
	KEY_INSERT,
	KEY_DELETE,
	KEY_END,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_UP,
	KEY_DOWN,
	KEY_RIGHT,
	KEY_LEFT,
	KEY_BACK_TAB,
	KEY_SEQUENCES, /* the end of those that send a sequence */
	KEY_SHIFT = 0xe0,
	KEY_CTRL,
	KEY_ALT,
	KEY_CAPS_LOCK,
	KEY_NUM_LOCK,
	KEY_SCROLL_LOCK,
};

struct key {
	u8 plain, shifted; /* ASCII, or enum key_meaning */
};

/* Keys by scan code; the keypad is in keymap_keypad, from scan code KEYPAD_FIRST on. */
extern const struct key keymap[KEY_CODES];

#define KEYPAD_FIRST 0x47u /* 7 Home */
#define KEYPAD_LAST  0x53u /* . Del */
extern const struct key
	keymap_keypad[KEYPAD_LAST - KEYPAD_FIRST + 1]; /* without and with Num Lock */

/* keymap_extended - what a key means whose scan code came after 0xe0. */
u8 keymap_extended(u8 code);

/* keymap_control - the character that Ctrl makes of another; -1: none. */
int keymap_control(u8 c);

/* keymap_sequence - what KEY_F1..KEY_SEQUENCES-1 send; `application`: arrows as for DECCKM. */
const char *keymap_sequence(u8 meaning, bool application);

#endif
