using SharpFuzz;

namespace Routing.Tests.Fuzz;

/// <summary>Runs one target under a fuzzer that is guided by coverage: <c>Routing.Tests/Fuzz/README.md</c>. The tests do
/// not come by here.</summary>
internal static class FuzzProgram
{
    public static int Main(string[] arguments)
    {
        if (arguments is not ["fuzz", var name] || FuzzTargets.All.FirstOrDefault(known => known.Name == name) is not { } target)
        {
            Console.Error.WriteLine($"usage: fuzz TARGET, which is one of {string.Join(", ", FuzzTargets.All.Select(known => known.Name))}");
            return 2;
        }

        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
        return 0;
    }
}
