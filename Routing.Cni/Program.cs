using Routing.Cni;

return Shim.Run(Environment.GetEnvironmentVariable, StandardStreams.ReadInput, StandardStreams.WriteOutput);
