/* The subcommands: argv[0] is "loci NAME". Each returns an exit code. */
#ifndef LOCI_CLI_COMMANDS_H
#define LOCI_CLI_COMMANDS_H

int cmd_data(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_figure(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_predict(int argc, char **argv);
int cmd_prune(int argc, char **argv);
int cmd_reproduce(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_view(int argc, char **argv);
int cmd_watch(int argc, char **argv);

#endif
