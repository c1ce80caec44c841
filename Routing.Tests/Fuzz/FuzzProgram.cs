using SharpFuzz;

namespace Routing.Tests.Fuzz;

/// <summary>Runs one target under a fuzzer that is guided by coverage: <c>Routing.Tests/Fuzz/README.md</c>.</summary>
internal static class FuzzProgram
{
    public static void Run(string name)
    {
        Fuzzer.OutOfProcess.Run(stream =>
        {
            // Only in here: instrumented code writes to memory that the fuzzer has prepared by now.
            var target = FuzzTargets.All.Single(known => known.Name == name);
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
    }
}
