/* commands.h - the subcommands of the one binary.
 * Layer: commands. May use: everything. */
#ifndef COMMANDS_H
#define COMMANDS_H

/* Exit codes shared by all: documented in `parley --help`. */
enum exit_code {
    EXIT_FINE = 0,
    EXIT_FOUND = 1,  /* the command's own "something to see": findings over the gate, text not understood */
    EXIT_USAGE = 2,  /* the call's words are off */
    EXIT_BROKEN = 3, /* it could not be done: bad settings, no access, a file that cannot be read */
};

/* argv[0] is "parley NAME"; returns an exit code. */
#define COMMAND(name, summary) int cmd_##name(int argc, char **argv);
#include "commands.def"
#undef COMMAND

#endif
