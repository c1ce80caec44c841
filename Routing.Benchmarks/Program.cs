using System.Reflection;
using BenchmarkDotNet.Running;
using Routing.Benchmarks.Cni;

// Macro benchmarks run beside other programs and have names of their own; everything else is BenchmarkDotNet's.
if (args is ["cni-add", .. var rest])
{
    return await CniAddBenchmark.RunAsync(rest);
}

BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
return 0;
