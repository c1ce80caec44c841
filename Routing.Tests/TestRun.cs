using System.Security;
using NUnit.Framework.Api;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace Routing.Tests;

/// <summary>Runs tests where there is no `dotnet test`: scripts/kernels/run.</summary>
internal static class TestRun
{
    /// <summary>Runs the tests whose full names match, and ends with "N passed, N failed".</summary>
    /// <returns>0 when some passed and none failed.</returns>
    public static int Run(string pattern, TextWriter output)
    {
        var runner = new NUnitTestAssemblyRunner(new DefaultTestAssemblyBuilder());
        var oneByOne = new Dictionary<string, object> { ["NumberOfTestWorkers"] = 0 }; // an emulator is slow enough
        runner.Load(typeof(TestRun).Assembly, oneByOne);
        var result = runner.Run(
            new Listener(output), TestFilter.FromXml($"<filter><test re='1'>{SecurityElement.Escape(pattern)}</test></filter>"));
        output.WriteLine($"{result.SkipCount + result.InconclusiveCount} skipped");
        output.WriteLine($"{result.PassCount} passed, {result.FailCount} failed");
        return result is { PassCount: > 0, FailCount: 0 } ? 0 : 1;
    }

    /// <summary>A line for each test.</summary>
    private sealed class Listener(TextWriter output) : ITestListener
    {
        public void TestStarted(ITest test)
        {
            // its line comes when it ends
        }

        public void TestFinished(ITestResult result)
        {
            if (!result.Test.IsSuite)
            {
                output.WriteLine($"{result.ResultState.Status} {result.FullName} [{result.Duration:0.0} s]");
            }

            if (result.ResultState.Status == TestStatus.Failed && result.ResultState.Site != FailureSite.Child)
            {
                output.WriteLine($"{result.Message}\n{result.StackTrace}");
            }
        }

        public void TestOutput(TestOutput output)
        {
            // tests say what matters when they fail
        }

        public void SendMessage(TestMessage message)
        {
            // likewise
        }
    }
}
