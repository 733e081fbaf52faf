/*
 * A terminal's screen: it takes what programs send, characters and the control sequences of a
 * VT100 as Linux's console understands them (console_codes(4)), and keeps the cells that are
 * to be seen. It knows no hardware: vga.c shows the cells, tests look at them.
 */
#ifndef FOLIO_DRIVERS_VT_H
#define FOLIO_DRIVERS_VT_H

#include "kernel/lib/compiler.h"

#define VT_COLUMNS   80u
#define VT_ROWS	     25u
#define VT_PARAMS    16u
#define VT_ATTRIBUTE 0x07u /* light grey on black */

/* A cell as VGA text memory has it: the character (code page 437), and its attribute above. */
#define VT_CELL(c, attribute) ((u16)((u8)(c) | (attribute) << 8))

/* What a sequence has brought the parser to. */
enum vt_state {
	VT_GROUND,
	VT_ESCAPE,	 /* ESC */
	VT_CSI,		 /* ESC [ */
	VT_CSI_FUNCTION, /* ESC [ [: a function key's code, echoed */
	VT_CHARSET_G0,	 /* ESC ( */
	VT_CHARSET_G1,	 /* ESC ) */
	VT_HASH,	 /* ESC # */
	VT_PERCENT,	 /* ESC % */
	VT_OSC,		 /* ESC ]: a title, until BEL or ESC \ */
	VT_PALETTE,	 /* ESC ] P: seven digits */
};

/* What ESC 7 saves: place and looks. */
struct vt_pen {
	unsigned int row, column;
	bool wrap_next; /* the last column is written: the next character begins a line */
	u8 foreground, background;
	bool bold, underline, blink, reverse;
	bool graphics[2]; /* line drawing in G0, G1 */
	u8 charset;	  /* 0: G0, 1: G1 */
};

struct vt {
	u16 cells[VT_ROWS * VT_COLUMNS];
	u32 dirty; /* bit: a row that was changed; cleared by who shows it */
	struct vt_pen pen, saved;
	unsigned int top, bottom; /* scroll region, bottom excluded */
	bool autowrap, insert, origin, newline_mode, cursor_visible;
	bool application_cursor; /* arrow keys send ESC O (DECCKM) */
	bool application_keypad;
	u8 tabs[VT_COLUMNS / 8]; /* bit: a tab stop */
	enum vt_state state;
	unsigned int params[VT_PARAMS], nr_params;
	char private;	 /* '?', '>' ... after ESC [ */
	u8 utf8_left;	 /* bytes of a character that are still to come */
	u8 osc_left;	 /* of a palette's digits */
	char answer[32]; /* to be sent as if typed; vt_take_answer() */
	u8 answer_len;
};

/* vt_reset - an empty screen, everything as at power on. */
void vt_reset(struct vt *vt);

/* vt_write - what a program sends. Any context; the caller keeps others away. */
void vt_write(struct vt *vt, const char *text, size_t len);

/*
 * vt_print - the kernel's own lines: '\n' ends a line, a sequence that a program has begun
 * waits, and neither colours nor the scroll region of a program count.
 */
void vt_print(struct vt *vt, const char *text, size_t len);

/* vt_take_answer - what the terminal answers to questions (ESC [6n): bytes, 0: nothing. */
size_t vt_take_answer(struct vt *vt, char *buf, size_t size);

/* Between vt.c and vt_csi.c. */

/* vt_csi - `final` ends a sequence ESC [ ... whose parameters are in vt->params. */
void vt_csi(struct vt *vt, char final);
void vt_reset_pen(struct vt_pen *pen);
void vt_move(struct vt *vt, int row, int column); /* both are cut to the screen */
void vt_touch(struct vt *vt, unsigned int top, unsigned int bottom); /* rows that change */
void vt_erase(struct vt *vt, unsigned int from, unsigned int to);    /* cells [from, to) */
void vt_scroll_up(struct vt *vt, unsigned int top, unsigned int bottom, unsigned int lines);
void vt_scroll_down(struct vt *vt, unsigned int top, unsigned int bottom, unsigned int lines);
void vt_save(struct vt *vt);
void vt_restore(struct vt *vt);

#endif
