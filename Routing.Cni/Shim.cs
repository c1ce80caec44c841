using Routing.Cni.Json;
using Routing.Cni.Protocol;

namespace Routing.Cni;

/// <summary>One CNI call from its environment to its answer.</summary>
/// <remarks>SIGTERM keeps its default action: the process ends at once with nothing on stdout. The agent finishes or
/// undoes the call on its own, and the runtime's DEL finds either.</remarks>
internal static class Shim
{
    /// <summary>Runs a call.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="readInput">Reads stdin.</param>
    /// <param name="writeOutput">Writes stdout; called at most once.</param>
    /// <returns>The exit code.</returns>
    public static int Run(
        Func<string, string?> environment,
        Func<ReadOnlyMemory<byte>> readInput,
        Action<ReadOnlyMemory<byte>> writeOutput)
    {
        var version = CniVersion.Newest;
        try
        {
            var command = environment("CNI_COMMAND") ?? "";
            if (command.Length == 0)
            {
                throw new CniException(CniErrorCode.InvalidEnvironment,
                    "CNI_COMMAND is not set; routing-cni is started by a container runtime, not by hand");
            }

            var input = readInput();
            if (command == "VERSION" && input.Length == 0)
            {
                writeOutput(AnswerWriter.Versions(version)); // people ask by hand, and have no configuration
                return 0;
            }

            var config = ConfigReader.Read(input);
            version = config.CniVersion.Length > 0 ? config.CniVersion : version;
            if (command == "VERSION")
            {
                writeOutput(AnswerWriter.Versions(version));
                return 0;
            }

            CniVersion.Require(config.CniVersion, command);
            var request = RequestBuilder.Build(command, environment, config);
            var reply = AgentClient.Call(config.Socket, request);
            return Answer(reply, request.Command, config, writeOutput);
        }
        catch (CniException e)
        {
            return Fail(writeOutput, version, e.Code, e.Message, e.Details);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The contract has no other place for a defect of ours than the error object.
            return Fail(
                writeOutput, version, CniErrorCode.Internal, $"routing-cni failed: {e.Message}", e.GetType().Name);
        }
    }

    private static int Answer(
        CniReply reply, CniCommand command, NetworkConfig config, Action<ReadOnlyMemory<byte>> writeOutput)
    {
        switch (reply.OutcomeCase)
        {
            case CniReply.OutcomeOneofCase.Result when command == CniCommand.Add:
                writeOutput(AnswerWriter.Result(reply.Result, config.CniVersion, config.Dns));
                return 0;
            case CniReply.OutcomeOneofCase.Done when command != CniCommand.Add:
                return 0;
            case CniReply.OutcomeOneofCase.Failure:
                var failure = reply.Failure;
                return Fail(writeOutput, config.CniVersion, failure.Code, failure.Message, failure.Details);
            default:
                throw new CniException(CniErrorCode.DecodingFailure,
                    $"the agent on {config.Socket} did not answer {command.ToString().ToUpperInvariant()}; "
                    + "is it of the same version as routing-cni?");
        }
    }

    private static int Fail(
        Action<ReadOnlyMemory<byte>> writeOutput, string version, CniErrorCode code, string message, string details)
    {
        writeOutput(AnswerWriter.Error(version, code, message, details));
        return 1;
    }
}
