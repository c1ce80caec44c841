using System.Reflection;
using BenchmarkDotNet.Running;
using Routing.Benchmarks.Bgp;
using Routing.Benchmarks.Cni;
using Routing.Benchmarks.Policy;

// Macro benchmarks run beside other programs and have names of their own; everything else is BenchmarkDotNet's.
if (args is ["cni-add", .. var rest])
{
    return await CniAddBenchmark.RunAsync(rest);
}

if (args is ["policy-compile", .. var compile])
{
    return PolicyCompileBenchmark.Run(compile);
}

if (args is ["policy-packets", .. var packets])
{
    return await PolicyPacketsBenchmark.RunAsync(packets);
}

if (args is ["policy-apply", .. var apply])
{
    return await PolicyApplyBenchmark.RunAsync(apply);
}

if (args is ["bgp-compare", .. var compare])
{
    return CompareBenchmark.Run(compare);
}

BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
return 0;
