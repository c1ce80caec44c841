// Most tests wait: for daemons, timers, processes, the kernel. So fixtures run beside each other, more of them than there are
// processors; the tests of a fixture run one after the other.
//
// A fixture is [NonParallelizable], and then has the machine for itself, when it
//  - measures the process as a whole (open files, metrics) or changes it (standard input, the pool's threads);
//  - promises something within a time that a busy machine cannot keep (answers of DNS are held back for a second).
// All others have what they touch for themselves: a namespace of TestNamespace, a LabMachine, a folder below the temporary one, a port of
// FreePort or an address of 127.0.0.0/8 that nobody else uses.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(4)]
