using SharpFuzz;

namespace Routing.Tests.Fuzz;

/// <summary>Runs one target under a fuzzer that is guided by coverage: <c>Routing.Tests/Fuzz/README.md</c>. The tests do
/// not come by here.</summary>
internal static class FuzzProgram
{
    public static int Main(string[] arguments)
    {
        if (arguments is not ["fuzz", var name])
        {
            Console.Error.WriteLine("usage: fuzz TARGET, the name of a folder in Routing.Tests/Fuzz/Corpus");
            return 2;
        }

        Fuzzer.OutOfProcess.Run(stream =>
        {
            // Only in here: instrumented code writes to memory that the fuzzer has prepared by now.
            var target = FuzzTargets.All.Single(known => known.Name == name);
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
        return 0;
    }
}
