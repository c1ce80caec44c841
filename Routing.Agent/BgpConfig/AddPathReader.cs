using Routing.Bgp.Speaker;

namespace Routing.Agent.BgpConfig;

/// <summary>Reads how many paths of a prefix a session carries (RFC 7911).</summary>
internal static class AddPathReader
{
    private const int MostPaths = 255;

    private static readonly Dictionary<string, int> Sending = new() { ["all"] = AddPathOptions.All, ["best"] = 1 };

    /// <summary>Reads <c>addPath: {send: all|best, maximum: N, receive: true}</c>.</summary>
    public static AddPathOptions Read(FieldReader spec)
    {
        if (spec.Object("addPath") is not { } addPath)
        {
            return new AddPathOptions();
        }

        var send = addPath.Word("send", Sending) ?? 0;
        var maximum = (int?)addPath.Integer("maximum", 1, MostPaths);
        var receive = addPath.Boolean("receive") ?? false;
        if (send == Sending["best"])
        {
            addPath.Require("maximum", $"with send: best the greatest number of paths, 1 to {MostPaths}");
        }
        else if (maximum is not null)
        {
            addPath.Report("maximum", $"{maximum}", "nothing but beside send: best");
        }

        addPath.End();
        return new AddPathOptions { Send = maximum ?? send, Receive = receive };
    }
}
