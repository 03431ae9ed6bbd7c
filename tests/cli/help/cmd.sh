# Help and version: exit 0, on stdout, for every command; they win over mistakes.
try loci --help
try loci --version
for command in train eval predict prune info view watch figure reproduce export import data; do
    try loci $command --help
done
try loci info --nonsense --version
